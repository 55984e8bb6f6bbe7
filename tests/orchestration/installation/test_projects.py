"""How a project is found, and what is refused in one: exit 2, with the file and what to do."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice import __version__
from sluice.activations.destinations.registry import check_declared
from sluice.activations.settings import Declared
from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli.demo import choose_example
from sluice.orchestration.cli.main import project_first
from sluice.orchestration.cli.serve import limits_of
from sluice.orchestration.installation import package_links
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.package_links import INSTALLED, LINK, link_package
from sluice.orchestration.installation.project import (
    EXAMPLES,
    PACKAGE_PROJECT,
    find_project,
    open_project,
)
from sluice.orchestration.installation.project_file import FORMAT, read_project
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.installation.starter import TEMPLATE, examples, write_project
from tests.conftest import sluice

EXPECTED_KEYS = {
    "format",
    "name",
    "raw",
    "delivery",
    "first_sync",
    "approvers",
    "schedule",
    "schedules",
}


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A new project."""
    write_project(tmp_path / "acme")
    return tmp_path / "acme"


def test_the_nearest_project_upward_is_taken(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = acme / "models" / "segments"
    assert find_project(start=inner).root == acme
    write_project(acme / "raw" / "other")
    assert find_project(start=acme / "raw" / "other" / "models").root == acme / "raw" / "other"
    monkeypatch.setenv("SLUICE_PROJECT", str(acme))
    assert find_project(start=Path("/")).root == acme
    assert find_project(acme / "sluice.yml", start=Path("/")).root == acme


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["run", "--project", "a", "--json"], ["--project", "a", "run", "--json"]),
        (["--project", "a", "run"], ["--project", "a", "run"]),
        (["ledger", "status", "--project=a"], ["--project=a", "ledger", "status"]),
        (["contact", "--", "--project"], ["contact", "--", "--project"]),
        (["run"], ["run"]),
    ],
    ids=["after the command", "before it", "with =", "an argument of that name", "none"],
)
def test_the_option_may_stand_anywhere(arguments: list[str], first: list[str]) -> None:
    assert project_first(arguments) == first


WRONG: dict[str, tuple[str, str, str]] = {
    "a newer format": ("format: 1", f"format: {FORMAT + 1}", "install a newer one from its wheel"),
    "a key with a near name": ("delivery:", "delivry:", "do you mean delivery?"),
    "a key of a part": ("  hour: 21", "  hours: 21", "schedule.hours is no key: do you mean hour?"),
    "a secret": ("delivery:", "hubspot_token: x\ndelivery:", "set SLUICE_HUBSPOT_TOKEN"),
    "a secret of a destination": (
        "delivery:",
        "destinations: {smtp: {password: x}}\ndelivery:",
        "set SLUICE_SMTP_PASSWORD in the environment",
    ),
    "a login in the URL": (
        "delivery:",
        "ledger_url: postgresql://sluice:pw@host/db\ndelivery:",
        "set SLUICE_LEDGER_URL in the environment",
    ),
    "a time zone that is none": ("Asia/Shanghai", "Shanghai", "write it as Asia/Shanghai"),
    "hour and cron": ("  hour: 21", "  hour: 21\n  cron: 0 9 * * *", "hour or cron, not both"),
    "a cron that is none": ("  hour: 21", "  cron: 99 9 * * *", "schedule.cron: Value error"),
    "a key twice": ("format: 1", "format: 1\nformat: 1", ": format is there twice"),
    "a key of a part twice": ("  hour: 21", "  hour: 21\n  hour: 9", "hour is there twice"),
    "a format before the first": ("format: 1", "format: 0", "greater than or equal to 1"),
    "a format that is no number": ("format: 1", "format: true", "format: Input should be"),
    "a part of itself": ("delivery:", "destinations: &a {smtp: *a}\ndelivery:", "contains itself"),
    "no YAML": ("format: 1", "format: [1", "cannot be read"),
    "a delivery that is none": ("sandbox\n", "production\n", "delivery: Input should be 'sandbox'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused(acme: Path, case: str) -> None:
    old, new, words = WRONG[case]
    path = acme / "sluice.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        open_project(acme)
    assert words in f"{refused.value.message} -> {refused.value.fix}"
    assert str(path) in refused.value.message
    assert "pw" not in refused.value.message


def test_environment_goes_before_the_file(acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = acme / "sluice.yml"
    more = "retention: {run_days: 7}\nallow_empty: [shop_orders]\n"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    monkeypatch.setenv("SLUICE_PROJECT", str(acme))
    monkeypatch.delenv("SLUICE_HOME")
    found = Settings()
    assert (found.run_days, found.allow_empty, found.home, found.raw) == (
        7,
        {"shop_orders"},
        acme / ".sluice",
        acme / "raw",
    )
    for name, value in {"RUN_DAYS": "9", "ALLOW_EMPTY": "", "RAW": str(acme / "in")}.items():
        monkeypatch.setenv(f"SLUICE_{name}", value)
    found = Settings()
    assert (found.run_days, found.allow_empty, found.raw) == (9, set(), acme / "in")


def test_limits_of_serve_come_from_the_file(acme: Path) -> None:
    path = acme / "sluice.yml"
    more = "serve: {seconds: 3, per_address: 5}\n"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    found = limits_of(Settings(project=open_project(acme)), seconds=None, per_address=7)
    assert (found.seconds, found.connections, found.per_address) == (3, 1000, 7)


def test_every_key_is_explained_in_the_new_project() -> None:
    """Those that are commented out too."""
    text = (TEMPLATE / "sluice.yml").read_text(encoding="utf-8")
    lines = [line.strip("# ").split(":")[0] for line in text.splitlines() if ":" in line]
    for model in (read_project_model(), *parts()):
        assert [name for name in model if name not in lines] == [], model
    read_project_text = yaml.safe_load(
        text.replace("__NAME__", "acme").replace("__IS_ON__", "false")
    )
    assert set(read_project_text) == EXPECTED_KEYS


def read_project_model() -> list[str]:
    from sluice.orchestration.installation.project_file import ProjectFile

    return [name for name in ProjectFile.model_fields if name != "as_of"]


def parts() -> list[list[str]]:
    from sluice.orchestration.installation import project_file

    models = (project_file.Retention, project_file.CrmReads, project_file.Serve)
    return [list(model.model_fields) for model in (*models, project_file.Schedule)]


def spoil_packages(project: Path) -> None:
    (project / "packages.yml").write_text("packages: [{local: ../elsewhere}]\n")


def spoil_copy(project: Path) -> None:
    (project / INSTALLED).mkdir(parents=True)
    (project / INSTALLED / "dbt_project.yml").write_text("name: sluice\nversion: 0.0.1\n")


def another_git(project: Path) -> None:
    text = (project / "packages.yml").read_text(encoding="utf-8")
    more = "  - {git: 'https://git.example/tools/sluice.git', revision: v0}\n"
    (project / "packages.yml").write_text(text + more, encoding="utf-8")


VERSIONS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "packages.yml without the link": (spoil_packages, "packages.yml", "local: .sluice/dbt_package"),
    "packages.yml with another": (another_git, "packages.yml", "local: .sluice/dbt_package"),
    "an installed folder": (spoil_copy, "is of version 0.0.1", "delete the folder"),
}


@pytest.mark.parametrize("case", VERSIONS)
def test_a_package_of_another_version_is_refused(acme: Path, case: str) -> None:
    spoil, words, fix = VERSIONS[case]
    spoil(acme)
    before = {path: path.read_bytes() for path in acme.rglob("*") if path.is_file()}
    with pytest.raises(ConfigurationError) as refused:
        link_package(open_project(acme))
    assert words in refused.value.message
    assert fix in refused.value.fix
    assert {path: path.read_bytes() for path in acme.rglob("*") if path.is_file()} == before


def test_a_wheel_with_an_old_package_is_refused(
    acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_links, "__version__", "9.9.9")
    with pytest.raises(ConfigurationError, match=r"is of version .*, and sluice of 9.9.9"):
        link_package(open_project(acme))


def test_versions_of_the_engine_are_one() -> None:
    written = yaml.safe_load((PACKAGE_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert written["version"] == __version__


def test_the_package_is_linked_and_a_stale_link_is_led_anew(acme: Path, tmp_path: Path) -> None:
    project = open_project(acme)
    for _ in range(2):
        link_package(project)
        for place in (LINK, INSTALLED):
            assert (acme / place).resolve() == PACKAGE_PROJECT
            (acme / place).unlink()
            (acme / place).symlink_to(tmp_path / "an older environment")


def test_where_there_are_no_links_copies_are_kept_up_to_date(
    acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError("links are not allowed here")

    package = tmp_path / "package"
    package.mkdir()
    shutil.copy(PACKAGE_PROJECT / "dbt_project.yml", package)
    (package / "macros").mkdir()
    (package / "macros" / "a.sql").write_text("one")
    monkeypatch.setattr(Path, "symlink_to", refused)
    project = open_project(acme)
    project = type(project)(project.root, project.config, package)
    for text in ("one", "another"):
        (package / "macros" / "a.sql").write_text(text)
        link_package(project)
        assert (acme / INSTALLED / "macros" / "a.sql").read_text() == text
        assert not (acme / INSTALLED).is_symlink()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"smtp": {"workers": -3}}, "destinations.smtp.workers in sluice.yml is wrong"),
        ({"smtp": {"port": "many"}}, "destinations.smtp.port in sluice.yml is wrong"),
        ({"smtp": {"prot": 25}}, "destinations.smtp.prot in sluice.yml is no setting of it"),
        ({"smpt": {"port": 25}}, "destinations.smpt in sluice.yml is no account"),
    ],
    ids=["out of bounds", "no number", "no setting", "no account"],
)
def test_a_wrong_setting_of_a_destination_is_refused(
    values: dict[str, dict[str, Any]], words: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check_declared(Declared(values))
    assert words in refused.value.message


def test_a_crm_that_cannot_be_read_is_refused(acme: Path) -> None:
    path = acme / "sluice.yml"
    path.write_text(path.read_text() + "crm_reads: {systems: [hubspott]}\n")
    with pytest.raises(ConfigurationError) as refused:
        declared(Settings(project=open_project(acme)))
    assert "crm_reads.systems in sluice.yml" in refused.value.fix


def test_a_path_with_an_apostrophe_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path / "o'brien" / "acme")
    with pytest.raises(ConfigurationError, match="has an apostrophe"):
        open_project(tmp_path / "o'brien" / "acme")


@pytest.mark.parametrize("folder", [".sluice", ".sluice-live", "backups/monday"])
def test_what_holds_addresses_is_left_out_of_git(acme: Path, folder: str) -> None:
    """The homes that docs/tutorial.md names, and the backups of docs/backup.md."""
    subprocess.run(["git", "init", "--quiet", str(acme)], check=True)
    asked = ["git", "-C", str(acme), "check-ignore", "--quiet", f"{folder}/ledger.sqlite"]
    assert subprocess.run(asked).returncode == 0


def test_a_link_to_nowhere_is_not_written_through(tmp_path: Path, home: Path) -> None:
    (tmp_path / "acme").symlink_to(tmp_path / "nowhere")
    done = sluice("init", str(tmp_path / "acme"), home=home)
    assert done.code == 2
    assert "nothing is overwritten" in done.stderr
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("kind", ["a file in it", "a hidden file", "a file itself"])
def test_a_folder_with_something_in_it_is_not_written_to(
    tmp_path: Path, home: Path, kind: str
) -> None:
    folder = tmp_path / "acme"
    if kind == "a file itself":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / (".env" if kind == "a hidden file" else "notes.txt")).write_text("mine")
    done = sluice("init", str(folder), home=home)
    assert done.code == 2
    assert "nothing is overwritten" in done.stderr
    kept = [path for path in (folder, *folder.rglob("*")) if path.is_file()]
    assert [path.read_text() for path in kept] == ["mine"]


@pytest.mark.parametrize("name", ["Acme", "1st", "sluice", "a b"])
def test_a_name_that_dbt_does_not_take_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the name of a project"):
        write_project(tmp_path / name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", examples())
def test_an_example_is_copied_whole_and_clean(tmp_path: Path, name: str) -> None:
    files = write_project(tmp_path / "mine", name)
    found = open_project(tmp_path / "mine")
    assert found.config.name == name
    assert {"sluice.yml", "dbt_project.yml", "packages.yml", "profiles.yml"} <= {
        path.name for path in files
    }
    assert [path for path in files if ".sluice" in path.parts or "dbt_packages" in path.parts] == []
    assert list(found.raw.iterdir())


def test_outside_any_project_a_command_says_what_to_do(tmp_path: Path, home: Path) -> None:
    done = sluice("report", home=home, SLUICE_PROJECT=str(tmp_path))
    assert done.code == 2
    assert "sluice init" in done.stderr
    with pytest.raises(ConfigurationError, match="this is no Sluice project"):
        find_project(start=tmp_path)


@pytest.mark.parametrize("clone", [True, False], ids=["in a clone", "from a wheel"])
def test_a_demo_runs_the_example_not_the_project_it_is_started_in(
    acme: Path, monkeypatch: pytest.MonkeyPatch, clone: bool
) -> None:
    monkeypatch.chdir(acme)
    monkeypatch.setenv("SLUICE_PROJECT", str(acme))
    monkeypatch.setenv("SLUICE_RAW", str(acme / "raw"))
    monkeypatch.setattr("sluice.orchestration.installation.project.is_clone", lambda: clone)
    folder = choose_example("world")
    assert folder == (EXAMPLES / "world" if clone else acme / "sluice-demo" / "world")
    found = Settings()
    assert (found.project.config.name, found.raw) == ("world", folder / "raw")


def test_what_the_file_says_is_read(acme: Path) -> None:
    found = read_project(acme / "sluice.yml")
    assert found.schedule.cron_schedule == "0 21 * * *"
    assert found.settings() == {"delivery": "sandbox", "approvers": "*"}

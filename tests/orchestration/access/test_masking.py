"""No command shows a value of a person to somebody without the right to see personal data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from sluice.models.errors import BlockedError
from sluice.orchestration.access.masking import masking
from sluice.orchestration.authoring.segments.explanation import explain
from sluice.orchestration.cli.main import app
from sluice.orchestration.installation import project
from sluice.orchestration.installation.project_file import Access
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from tests.conftest import WorldRun
from tests.projects import SAMPLE, bare_project

ACCESS = Access.model_validate({"roles": {"analyst": []}, "people": {"chen": {"role": "analyst"}}})
REFUSED = [("contact", "KEY"), ("export", "KEY"), ("export", "KEY", "--json")]
SEGMENTS = ("birthdays", "recent_pricing_visitors", "sms_subscribers", "east_china_contacts")
MASKED = [
    *(("segments", "explain", name, "KEY", "--json") for name in SEGMENTS),
    ("segments", "explain", "birthdays", "KEY"),
    ("segments", "preview", "sms_subscribers", "--sample", "1000", "--json"),
    ("segments", "diff", "sms_subscribers", "--json"),
    ("segments", "list", "--json"),
    ("journeys", "explain", "KEY", "--json"),
    ("journeys", "list", "--json"),
    ("identity", "review", "--all", "--json"),
    ("ledger", "history", "price_page_follow_up:ID", "--json"),
    ("ledger", "unknown", "--json"),
    ("ledger", "status", "--json"),
    ("missing", "--ids", "1000", "--json"),
    ("lint", "--json"),
    ("calendar", "--json"),
    ("report", "--json"),
    ("report", "--output", "OUT"),
    ("contact", "KEY", "--html", "OUT"),
    ("experiments", "list", "--json"),
    ("forms", "list", "--json"),
    ("alerts", "--json"),
    ("approvals", "--json"),
]
# what prints no value of a contact, and why; a new command joins one of these lists
OTHERS = {
    "counts and names of campaigns; a plan masks its addresses": (
        "run", "fast", "plan", "apply", "demo", "demo-retail", "journeys backtest",
        "experiments show", "experiments plan", "scores fit", "scores monitor",
        "scores recalibrate", "readiness",
    ),
    "what a person may do, or did, by their own name": (
        "approve", "pause", "resume", "access show", "access key", "access code",
        "ledger reconcile", "ledger resolve", "ledger retry", "ledger adopt", "forget", "correct",
        "identity confirm", "identity dismiss", "journeys start", "journeys stop",
        "journeys move", "journeys release",
    ),
    "files and texts of the project": (
        "init", "exposures", "journeys show", "journeys new", "forms show", "content list",
        "content check", "content preview", "qr new", "qr list", "qr draw",
    ),
    "contact ids, or hashes of them": ("lottery close", "lottery draw", "lottery check"),
    "the installation": ("backup", "restore", "dev", "doctor", "serve"),
    "what the simulated vendors got": (
        "sandbox up", "sandbox status", "sandbox clock", "sandbox fault",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def used_home(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the sample company after its runs, to read from."""
    return Path(shutil.copytree(world.home, tmp_path_factory.mktemp("masking") / "home"))


@pytest.fixture
def analyst(used_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is at the keyboard may see no personal data; the sample's files stay as they are."""
    read = project.read_project
    monkeypatch.setattr(
        project, "read_project", lambda path: read(path).model_copy(update={"access": ACCESS})
    )
    monkeypatch.setenv("SLUICE_PROJECT", str(SAMPLE))
    monkeypatch.setenv("SLUICE_HOME", str(used_home))
    monkeypatch.setenv("SLUICE_USER", "chen")


@pytest.fixture(scope="module")
def people(used_home: Path) -> tuple[int, set[str]]:
    """A contact who got a mail, and every name, address and number that there is of anybody."""
    with duckdb.connect(str(used_home / "warehouse.duckdb"), read_only=True) as connection:
        ((contact,),) = connection.execute(
            "select min(contact_id) from activation.message_decisions"
            " where campaign = 'price_page_follow_up' and reason = 'already_sent'"
        ).fetchall()
        values = connection.execute(
            "select email from contacts.dim_contacts union select phone from contacts.dim_contacts"
            " union select full_name from contacts.dim_contacts where full_name like '% %'"
            " union select identifier_value from contacts.contact_identifiers"
            " where identifier_type in ('email', 'phone', 'unionid')"
        ).fetchall()
    return int(contact), {value for (value,) in values if value and len(value) > 6}


@pytest.mark.usefixtures("analyst")
@pytest.mark.parametrize("command", MASKED, ids=" ".join)
def test_a_command_masks_what_is_a_persons(
    command: tuple[str, ...], people: tuple[int, set[str]], tmp_path: Path
) -> None:
    out = tmp_path / "out.html"
    text = run(command, people[0], out) + (out.read_text() if out.exists() else "")
    assert len(text) > 2 or command == ("alerts", "--json")
    assert [value for value in people[1] if value in text] == []


@pytest.mark.usefixtures("analyst")
@pytest.mark.parametrize("command", REFUSED, ids=" ".join)
def test_a_command_that_cannot_mask_is_refused(
    command: tuple[str, ...], people: tuple[int, set[str]], tmp_path: Path
) -> None:
    with pytest.raises(BlockedError, match="chen may not see personal data"):
        run(command, people[0], tmp_path / "out")


def run(command: tuple[str, ...], contact: int, out: Path) -> str:
    """The output of a command. Raises what it raises."""
    given = {"KEY": str(contact), "OUT": str(out)}
    words = [given.get(word, word.replace(":ID", f":{contact}")) for word in command]
    done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_every_command_says_whether_it_shows_a_person() -> None:
    asked = {" ".join(one[:2]) if one[0] in GROUPS else one[0] for one in (*REFUSED, *MASKED)}
    assert asked | {name for names in OTHERS.values() for name in names} >= set(commands())


def commands() -> Iterator[str]:
    """All there are, with their groups."""
    for name, one in COMMANDS.items():
        yield from (f"{name} {inner}" for inner in one.commands) if name in GROUPS else (name,)


COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
GROUPS = {name for name, one in COMMANDS.items() if hasattr(one, "commands")}
MANIFEST = {
    "nodes": {
        "a": {"columns": {"email": {"config": {"meta": {"personal_data": True}}}, "stage": {}}},
        "b": {"columns": {"email": {}, "number": {"meta": {"personal_data": True}}}},
    },
    "sources": {},
}


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        pytest.param("EMAIL", "wang@shop.example", "w***@***.example", id="personal_somewhere"),
        pytest.param("number", 13800000001, "***01", id="a_number_that_is_personal"),
        pytest.param("stage", "customer", "customer", id="of_nobody"),
        pytest.param("orders", 3, 3, id="a_number"),
        pytest.param("mail", "wang@shop.example", "w***@***.example", id="described_nowhere"),
        pytest.param("email", None, None, id="nothing"),
    ],
)
def test_a_value_is_masked_unless_it_is_known_to_be_nobodys(
    column: str, value: Any, shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(bare_project(tmp_path, access=ACCESS.model_dump()))
    monkeypatch.setenv("SLUICE_USER", "chen")
    assert masking(settings, MANIFEST)(column, value) == shown


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        pytest.param(
            "with p as (select contact_id, full_name as stage from people)"
            " select contact_id from p where stage like 'Wang%'",
            ["stage = W***@***.x"],
            id="a query of its own",
        ),
        pytest.param(
            "select p.contact_id from people as p inner join (select contact_id as id,"
            " full_name as stage from people) as q on p.contact_id = q.id where q.stage > '' and p.level > ''",
            ["stage = W***@***.x", "level = gold"],
            id="a subquery beside a table",
        ),
        pytest.param(
            "select contact_id from people where level = 'gold'", ["level = gold"], id="a table"
        ),
    ],
)
def test_a_name_that_a_segment_gives_describes_nothing(
    sql: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``stage`` is described, and of nobody; here it holds a name."""
    settings = load_settings(bare_project(tmp_path, access=ACCESS.model_dump()))
    monkeypatch.setenv("SLUICE_USER", "chen")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("create table people (contact_id bigint, full_name text, level text)")
        connection.execute("insert into people values (1, 'Wang@shop.x', 'gold')")
    described = {"nodes": {"a": {"columns": {"stage": {}, "level": {}}}}, "sources": {}}
    warehouse = DuckDBFile(tmp_path / "w.duckdb", tmp_path)
    done = explain(warehouse, sql, 1, masking(settings, described))
    assert [one["found"] for one in done["conditions"]] == found

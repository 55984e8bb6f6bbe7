"""Playbooks: each can be copied into a project of any kind, and is whole there."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from sluice.activations.content.sms_templates import body_sms, vendor_sms
from sluice.activations.content.sms_templates import template_problems as sms_problems
from sluice.activations.content.templates import render_mail
from sluice.activations.destinations.wechat import content as wechat
from sluice.models.delivery import Message
from sluice.models.errors import ConfigurationError
from sluice.models.journey import JourneyConfig
from sluice.models.journey_nodes import Act
from sluice.models.journey_nodes import Branch as BranchNode
from sluice.models.journey_nodes import Message as MessageNode
from sluice.orchestration.authoring.lint import lint_static
from sluice.orchestration.authoring.playbooks import copying, needs
from sluice.orchestration.authoring.playbooks.library import find_playbook, playbooks
from sluice.orchestration.cli import journeys_new
from sluice.orchestration.installation.starter import copy_example, write_project
from tests.warm import ROOT

DAY = "2026-06-30"
NAMES = sorted(playbooks())
OWN = "our_own"


def run(*arguments: str) -> str:
    app = typer.Typer()
    app.callback()(lambda: None)
    journeys_new.register(app)
    done = CliRunner().invoke(app, ["new", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A new project and a copy of the sample company."""
    base = tmp_path_factory.mktemp("playbooks")
    write_project(base / "acme")
    copy_example("world", base / "world")
    return {"acme": base / "acme", "world": base / "world"}


@pytest.fixture(params=["acme", "world"])
def project(
    request: pytest.FixtureRequest, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    monkeypatch.setenv("SLUICE_PROJECT", str(folders[request.param]))
    return folders[request.param]


def test_all_are_copied_side_by_side_and_lint_finds_what_they_need(project: Path) -> None:
    before = _contents(project)
    findings = lint_static(project)
    for name in NAMES:
        shown = json.loads(run("--from", name, f"my_{name}", "--json"))
        assert f"models/journeys/steps_my_{name}.yml" in shown["files"]
        for file in shown["files"]:
            text = (project / file).read_text(encoding="utf-8")
            assert "__NAME__" not in text
            assert "__STARTS_ON__" not in text
    asked = [one.description.needs for one in playbooks().values()]
    wanted = {name for one in asked for name in (*one.events, *one.scores)}
    for finding in lint_static(project):
        missing = re.search(r"no (?:source produces the event|scorecard) '(\w+)'", finding.message)
        assert finding in findings or (missing and missing[1] in wanted), finding
    assert before.items() <= _contents(project).items()


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_needs_and_where_to_add_it(name: str) -> None:
    playbook = playbooks()[name]
    journey = playbook.journey(OWN, DAY)
    written = journey.model_dump_json(by_alias=True)
    files = dict(playbook.files(OWN, DAY))
    texts = written + "".join(text for place, text in files.items() if place.endswith(".sql"))
    said = playbook.description.needs
    for need in (*said.events, *said.attributes):
        is_named = need in texts or (need == "order_placed" and "order" in texts)
        assert is_named, need
    asked = {c["performed"] for c in _performed(json.loads(written))}
    assert asked <= set(said.events)
    assert journey.trigger.event is None or journey.trigger.event in said.events


def _performed(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("performed"):
            yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _performed(one)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_its_texts_are_written_for_a_sample_contact(
    tmp_path: Path, name: str, language: str
) -> None:
    playbook = playbooks()[name]
    for place, text in playbook.files(OWN, DAY):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
    folder, messages = tmp_path / "content", _messages(playbook.journey(OWN, DAY))
    assert messages
    for node in messages:
        for full_name in ("", "李雷"):
            _read_as_sent(_message(node, language, full_name), folder, full_name)


def _messages(journey: JourneyConfig) -> list[MessageNode]:
    return [node for node in journey.nodes.values() if isinstance(node, MessageNode)]


def _message(node: MessageNode, language: str, full_name: str) -> Message:
    said = node.message
    context = {
        key: value if isinstance(value, str) else f"the {key}"
        for key, value in said.context.items()
    }
    values = {"full_name": full_name, **context}
    return Message(
        1, 1, "x", "x", said.channel, said.template, language, values, said.purpose, "CN"
    )


def _read_as_notice(message: Message, folder: Path) -> None:
    """A template message: each value is in one of its fields."""
    assert message.language is not None
    body = wechat.render(message.template, message.language, "template", message.values, folder)
    said = json.dumps(body, ensure_ascii=False)
    assert message.purpose == "transactional"
    assert all(value in said for key, value in message.values.items() if key != "full_name")


def _read_on_wechat(message: Message, folder: Path, full_name: str) -> None:
    assert message.language is not None
    body = wechat.render(message.template, message.language, "message", message.values, folder)
    said = json.dumps(body, ensure_ascii=False)
    assert str(message.values["url"]) in said
    assert full_name in said
    words = "退订" if message.language == "zh" else "unsubscribe"
    assert (words in said) == (message.purpose == "marketing")


def _read_as_sent(message: Message, folder: Path, full_name: str) -> None:
    if message.channel == "sms":
        assert sms_problems(message.template, folder) == []
        assert body_sms(message, folder)
        area = "mainland" if message.language == "zh" else "abroad"
        assert vendor_sms(message, "aliyun", area, folder)[2]
        return
    if message.channel == "wechat" and "url" not in message.values:
        _read_as_notice(message, folder)
        return
    if message.channel == "wechat":
        _read_on_wechat(message, folder, full_name)
        return
    stop = "https://shop.example/stop"
    subject, text, html = render_mail(message, folder, stop)
    is_marked = subject.startswith(("广告：", "AD: "))
    assert is_marked == (message.purpose == "marketing")
    assert str(message.values["url"]) in text
    assert str(message.values["url"]) in html
    assert full_name in text
    assert (stop in text, stop in html) == (is_marked, is_marked)
    without = render_mail(message, folder)[1]
    words = "退订" if message.language == "zh" else "unsubscribe"
    assert (words in without) == is_marked
    assert "{{" not in html


def test_what_the_project_lacks_is_listed_with_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path / "acme")
    monkeypatch.setenv("SLUICE_PROJECT", str(tmp_path / "acme"))
    shown = run("--from", "prospect_to_mql", "leads")
    needed, _, lacking = shown.partition("Not found in this project")
    assert "consent email" in needed
    assert "consent email" not in lacking
    assert "event talk_requested: models/staging/" in lacking
    assert "score nurture: dbt_project.yml, models: sluice: scoring: library" in lacking
    assert "vars: journey_handover: {score: [nurture, 90], event: talk_requested}" in lacking
    assert "Next: sluice lint && sluice plan" in lacking
    with pytest.raises(ConfigurationError, match=r"more are there already: nothing is overwritten"):
        run("--from", "prospect_to_mql", "leads")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--from", "win_bak", "back"], "there is no playbook 'win_bak'; did you mean win_back?"),
        (["--from", "win_back", "Win Back"], "'Win Back' cannot be the name of a journey"),
        (["--from", "win_back", "back__v1"], "'back__v1' cannot be the name of a journey"),
        (["--from", "win_back"], "the name of the journey or its playbook is missing"),
        (["back"], "the name of the journey or its playbook is missing"),
        (["--from", "win_back", "dormant_customers"], "seg_dormant_customers is there already"),
    ],
    ids=["near name", "a space", "a version", "no name", "no playbook", "a segment of the library"],
)
def test_what_cannot_be_written_is_refused_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], problem: str
) -> None:
    write_project(tmp_path / "acme")
    monkeypatch.setenv("SLUICE_PROJECT", str(tmp_path / "acme"))
    before = sorted(path for path in (tmp_path / "acme").rglob("*") if path.is_file())
    with pytest.raises(ConfigurationError) as refused:
        run(*arguments)
    assert problem in refused.value.message
    after = sorted(path for path in (tmp_path / "acme").rglob("*") if path.is_file())
    assert [path for path in after if path not in before and ".sluice" not in path.parts] == []


def test_whatever_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking up what is needed, a file in the place of a folder, a write that ends half way."""
    acme = tmp_path / "acme"
    write_project(acme)
    monkeypatch.setenv("SLUICE_PROJECT", str(acme))

    def refused(words: str) -> None:
        before = sorted(acme.rglob("*"))
        with pytest.raises(ConfigurationError) as found:
            run("--from", "win_back", "autumn")
        assert words in found.value.message
        assert sorted(acme.rglob("*")) == before

    def unreadable(*_: Any) -> None:
        raise ConfigurationError("the warehouse cannot be read", "wait")

    with monkeypatch.context() as patch:
        patch.setattr(needs, "needs_of", unreadable)
        refused("the warehouse cannot be read")
    in_the_way = acme / "content" / "sms"
    in_the_way.write_text("")
    refused("cannot be written (Not a directory); nothing of it is left")
    in_the_way.unlink()
    write = copying._write

    def full(path: Path, text: str, made: list[Path]) -> None:
        write(path, text, made)
        if path.parent.name == "segments":
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(copying, "_write", full)
        refused("(No space left on device); nothing of it is left")
    other = acme / "models" / "journeys" / "shop" / "steps_autumn.sql"
    other.parent.mkdir(parents=True)
    other.write_text("{{ sluice.journey() }}\n")
    refused("models/journeys/shop/steps_autumn.sql is there already: nothing is overwritten")
    (acme / "models" / "segments" / "seg_autumn.yml").write_text("")
    refused("models/segments/seg_autumn.yml and 1 more are there already")


def test_a_playbook_takes_the_shared_blocks_that_its_texts_include() -> None:
    places = {name: dict(playbooks()[name].files(OWN, DAY)) for name in NAMES}
    blocks = {
        name: {place.split("_")[-1].split(".")[0] for place in found if "/blocks/" in place}
        for name, found in places.items()
    }
    assert blocks["order_sms"] == set()
    assert blocks["win_back"] == {"top", "marketing"}
    assert blocks["webinar"] == {"top", "marketing", "service"}
    assert all(f"models/journeys/steps_{OWN}.sql" in found for found in places.values())


@pytest.mark.parametrize("name", [one for one in NAMES if not one.endswith("_sms")])
def test_who_wrote_on_wechat_gets_the_text_there_and_goes_on_as_after_the_mail(name: str) -> None:
    playbook = playbooks()[name]
    nodes = playbook.journey(OWN, DAY).nodes
    by_wechat = {
        node: one
        for node, one in nodes.items()
        if isinstance(one, MessageNode) and one.message.channel == "wechat"
    }
    assert by_wechat
    assert any("Without WeChat take the nodes" in one for one in playbook.description.limits)
    for node, one in by_wechat.items():
        assert one.message.destination == "wechat_service"
        before = [place for place, other in nodes.items() if node in other.targets()]
        mail = nodes.get(node.removesuffix("_by_wechat"))
        if mail is None:  # an answer to who wrote, not a mail of another kind
            assert (name, before) == ("churn_warning", ["unmark_writer"])
            continue
        assert isinstance(mail, MessageNode)
        assert mail.next == one.next
        assert mail.message.purpose == one.message.purpose
        assert one.message.context.items() <= mail.message.context.items()
        asked = BranchNode.model_validate(
            {
                "branch": [
                    {"when": {"performed": "wechat_text_reply", "within": "2 days"}, "next": node}
                ],
                "else": node.removesuffix("_by_wechat"),
            }
        )
        assert [nodes[place] for place in before] == [asked]


def test_an_order_takes_the_tag_of_the_churn_warning_away() -> None:
    files = dict(playbooks()["churn_warning"].files(OWN, DAY))
    assert f"models/journeys/steps_{OWN}_ordered.sql" in files
    written = yaml.safe_load(files[f"models/journeys/steps_{OWN}_ordered.yml"])["models"][0]
    journey = JourneyConfig.model_validate(written["config"]["meta"]["journey"])
    assert journey.trigger.event == "order_placed"
    assert journey.reentry == "each"
    assert journey.entry_condition is not None
    assert journey.entry_condition.has_tag == "churn_warning"
    first = journey.nodes[journey.start]
    assert isinstance(first, Act)
    assert first.action.remove_tag == "churn_warning"


def test_a_coupon_holds_until_the_last_message_that_names_it() -> None:
    """The SMS comes two weeks after the mail, later where it is held."""
    texts = dict(playbooks()["win_back"].files(OWN, DAY))
    coupons = [
        text for place, text in texts.items() if "_coupon." in place and "subject" not in place
    ]
    assert len(coupons) == 6
    assert all("four weeks" in text or "四周内有效" in text for text in coupons)


def test_the_list_names_every_playbook() -> None:
    shown = run("--list")
    assert all(f"{name}\n" in shown for name in NAMES)
    assert len(json.loads(run("--list", "--json"))) == len(NAMES) == 14
    assert find_playbook("welcome").description.title["zh"] == "欢迎系列"


def test_the_page_has_a_row_for_every_playbook() -> None:
    page = (ROOT / "docs" / "playbooks.md").read_text(encoding="utf-8")
    for name, playbook in playbooks().items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        said = playbook.description.needs
        for need in (*said.attributes, *said.scores):
            assert f"`{need}`" in row
        has_wechat = any(
            one.message.channel == "wechat" for one in _messages(playbook.journey(OWN, DAY))
        )
        table = page.partition("| playbook | texts on WeChat |")[2].partition("\n- ")[0]
        assert (f"`{name}`" in table) == has_wechat

"""The content library: front matter, what is wrong with a text, gaps, and the page that shows it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sluice.activations.content.templates import mail_variant
from sluice.orchestration.content.library import dead_links, gaps, library, links
from sluice.orchestration.content.preview import write_preview
from sluice.orchestration.content.problems import problems
from sluice.orchestration.content.uses import Use

TODAY = date(2026, 6, 30)
USE = Use(("campaign_hello",), True, frozenset({"full_name", "unsubscribe_url"}))
SUBJECT = "Hello"
GOOD = "Hello {{ full_name }}. Stop: {{ unsubscribe_url }}"
ABOUT = "---\nstage: mql\ntags: [case]\nexpires_on: 2026-12-31\n---\n"


def written(folder: Path, name: str, text: str | bytes, subject: str = SUBJECT) -> Path:
    channel, _, file = name.partition("/")
    path = folder / channel / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if channel == "email":
        template = file.removesuffix(".txt.liquid")
        path.with_name(f"{template}.subject.liquid").write_text(subject, encoding="utf-8")
    return folder


def rules(folder: Path) -> list[tuple[str, str]]:
    uses = {(one.channel, one.template): USE for one in library(folder)}
    found = (one for text in library(folder) for one in problems(text, uses, folder, TODAY))
    return sorted({(one.rule, one.level) for one in found})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("email/a.en.txt.liquid", GOOD, [], id="a mail"),
        pytest.param("email/a.en.txt.liquid", ABOUT + GOOD, [], id="with front matter"),
        pytest.param("email/a.en.txt.liquid", "Hello", [("unsubscribe", "error")], id="no way out"),
        pytest.param(
            "email/a.en.txt.liquid", GOOD + "{{ nick }}", [("missing_value", "error")], id="a value"
        ),
        pytest.param(
            "email/a.en.txt.liquid",
            GOOD + "{{ full_name | no }}",
            [("renders", "error")],
            id="filter",
        ),
        pytest.param(
            "email/a.en.txt.liquid", GOOD + " http:// ", [], id="no link at all is no wrong link"
        ),
        pytest.param(
            "email/a.en.txt.liquid",
            ABOUT.replace("2026-12", "2025-12") + GOOD,
            [("expired", "error")],
            id="out of date",
        ),
        pytest.param(
            "email/a.en.txt.liquid",
            ABOUT.replace("tags", "tagz") + GOOD,
            [("front_matter", "error")],
            id="a key that is not known",
        ),
        pytest.param(
            "email/a.en.txt.liquid",
            ABOUT.replace("2026-12-31", "2026-13-31") + GOOD,
            [("front_matter", "error")],
            id="no such day",
        ),
        pytest.param(
            "email/a.en.txt.liquid",
            "---\nstage: mql\n" + GOOD,
            [("front_matter", "error")],
            id="front matter that does not end",
        ),
        pytest.param("sms/a.zh.liquid", "您好 {{ full_name }}", [], id="an SMS"),
        pytest.param("sms/a.zh.liquid", "好" * 300, [("length", "warning")], id="a long SMS"),
        pytest.param("sms/a.zh.liquid", " ", [("length", "error")], id="an empty SMS"),
        pytest.param(
            "sms/a.zh.liquid",
            b"\xff\xfe",
            [("front_matter", "error"), ("renders", "error")],
            id="no UTF-8",
        ),
        pytest.param("wechat/a.zh.yml", "kind: message\ntext: 您好", [], id="WeChat"),
        pytest.param(
            "wechat/a.zh.yml", "kind: message\nabout: {stage: mql}\ntext: 您好", [], id="about"
        ),
        pytest.param(
            "wechat/a.zh.yml",
            "kind: [",
            [("front_matter", "error"), ("renders", "error")],
            id="no YAML",
        ),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, name: str, text: str | bytes, expected: list[tuple[str, str]]
) -> None:
    assert rules(written(tmp_path, name, text)) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href='https://a.example/{{ full_name | url_encode }}'>x</a> unsubscribe", []),
        ("<a href='https://a.example/{{ full_name }}'>x</a> unsubscribe", [("link", "error")]),
        ("<a href=''>x</a> unsubscribe", [("link", "error")]),
        ("<a href='#'>x</a> unsubscribe", [("link", "error")]),
        ("<img src=x alt=Shoes> unsubscribe", [("images", "warning")]),
        ("<img src=x> unsubscribe" + "word " * 20, [("images", "warning")]),
        ("<img src=x alt=''> unsubscribe" + "word " * 20, []),
        ("unsubscribe" + "word " * 30_000, [("length", "warning")]),
    ],
)
def test_what_is_wrong_in_the_html_of_a_mail(
    tmp_path: Path, html: str, expected: list[tuple[str, str]]
) -> None:
    folder = written(tmp_path, "email/a.en.txt.liquid", GOOD)
    (folder / "email/a.en.html.liquid").write_text(html, encoding="utf-8")
    assert rules(folder) == expected


def test_front_matter_is_never_sent(tmp_path: Path) -> None:
    folder = written(tmp_path, "email/a.en.txt.liquid", ABOUT + GOOD)
    values = {"full_name": "Ann", "unsubscribe_url": "u"}
    assert mail_variant("a", "en", folder).render(values)[1] == "Hello Ann. Stop: u"


def test_gaps_are_stages_and_languages_without_a_text(tmp_path: Path) -> None:
    written(tmp_path, "email/a.en.txt.liquid", ABOUT + GOOD)
    written(tmp_path, "email/a.zh.txt.liquid", ABOUT + GOOD)
    written(tmp_path, "email/b.en.txt.liquid", ABOUT.replace("mql", "lead") + GOOD)
    written(tmp_path, "sms/c.zh.liquid", ABOUT + "您好")
    assert gaps(library(tmp_path)) == [
        "stage lead: no text by sms",
        "email/b: not written in zh",
    ]


def test_the_page_shows_every_text_and_says_why_one_cannot_be(tmp_path: Path) -> None:
    written(tmp_path, "email/a.en.txt.liquid", GOOD, subject="Hi <b>")
    written(tmp_path, "sms/b.zh.liquid", "{{ full_name | no }}")
    page = write_preview(library(tmp_path), {}, tmp_path, tmp_path / "out").read_text("utf-8")
    assert "Hi &lt;b&gt;" in page
    assert 'width="375"' in page
    assert '<p class="wrong">a template cannot be rendered' in page
    assert 'src="http' not in page


def test_a_link_that_nobody_answers_is_found_only_when_it_is_called(tmp_path: Path) -> None:
    folder = written(tmp_path, "email/a.en.txt.liquid", GOOD + " http://127.0.0.1:9/x")
    assert rules(folder) == []
    found = dead_links(links(library(folder), {}, folder))
    assert [(one.text, one.rule, one.level) for one in found] == [("email/a.en", "link", "error")]


@pytest.mark.parametrize(
    ("kind", "found"), [("robot", []), ("message", ["unused"])], ids=["of a sync", "of a campaign"]
)
def test_a_text_of_the_group_robot_is_sent_by_a_sync(
    tmp_path: Path, kind: str, found: list[str]
) -> None:
    text = f'kind: {kind}\nmsgtype: text\ntext: {{content: "{{{{ city | default: 1 }}}}"}}\n'
    written(tmp_path, "wechat/sales_alert.zh.yml", text)
    (entry,) = library(tmp_path)
    assert [one.rule for one in problems(entry, {}, tmp_path, TODAY)] == found

"""A text that cannot be filled in: the reason names the file, the line and the variable, never a
value.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.content.previews import template_problems
from sluice.activations.content.sms_templates import body_sms
from sluice.activations.content.templates import render_mail
from sluice.activations.destinations.wechat.content import render as render_wechat
from sluice.activations.plan.remedies import remedy
from sluice.models.delivery import Message
from sluice.models.errors import ContentError
from tests.activations.destinations.test_conformance import message

STOP = "\nStop: {{ unsubscribe_url }}"
MAIL = {"email/note.en.subject.liquid": "Hello", "email/note.en.txt.liquid": f"Hi{STOP}"}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def note(**change: Any) -> Message:
    values = {"full_name": "Ann Lee", "city": "Berlin"}
    return replace(message(1, "a@b.cn"), template="note", language="en", values=values, **change)


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"txt": "---\nowner: growth\n---\nHi\n{{ order_no }}" + STOP}, "note.en.txt.liquid:5"),
        ({"subject": "Of {{ order_no }}"}, "note.en.subject.liquid:1"),
        ({"html": "<p>hi</p>\n<p>{% if order_no %}x{% endif %}</p>" + STOP}, "note.en.html.liquid:2"),
        (
            {"txt": "{% include 'foot' %}" + STOP, "block": "order_no:\n\n{{ order_no }}"},
            "foot.en.txt.liquid:3",
        ),
    ],
    ids=["text with front matter", "subject", "HTML", "block"],
)  # fmt: skip
def test_a_mail_names_what_it_lacks(tmp_path: Path, files: dict[str, str], where: str) -> None:
    named = {
        "email/blocks/foot.en.txt.liquid" if key == "block" else f"email/note.en.{key}.liquid": text
        for key, text in files.items()
    }
    write(tmp_path, {**MAIL, **named})
    with pytest.raises(ContentError, match="'order_no' is undefined") as raised:
        render_mail(note(), tmp_path)
    assert raised.value.reason == f"template_error:{where}:order_no"
    file, _, line = where.rpartition(":")
    assert f"({file}, line {line})" in raised.value.message


def test_sms_and_wechat_name_it_too(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "sms/note.en.liquid": "Your order\n{{ order_no }}",
            "wechat/note.en.yml": "kind: message\nmsgtype: text\ntext: {content: '{{ order_no }}'}\n",
        },
    )
    with pytest.raises(ContentError) as raised:
        body_sms(note(purpose="transactional"), tmp_path)
    assert raised.value.reason == "template_error:note.en.liquid:2:order_no"
    with pytest.raises(ContentError) as raised:
        render_wechat("note", "en", "message", {}, tmp_path)
    assert raised.value.reason == "template_error:note.en.yml:3:order_no"


def test_a_filter_that_fails_repeats_no_value(tmp_path: Path) -> None:
    write(
        tmp_path,
        {**MAIL, "email/note.en.txt.liquid": "{{ full_name | date: full_name, 1 }}" + STOP},
    )
    (problem,) = template_problems([note()], "smtp", tmp_path)
    assert "Ann" not in problem
    assert "'date' fails (FilterArgumentError) (note.en.txt.liquid, line 1)" in problem


@pytest.mark.parametrize("value", ["Ann Lee", "Ann"])
def test_a_key_that_is_a_value_is_not_repeated(tmp_path: Path, value: str) -> None:
    write(tmp_path, {**MAIL, "email/note.en.txt.liquid": "{{ prices[full_name] }}" + STOP})
    values = {"full_name": value, "prices": {"Ben": 1}}
    with pytest.raises(ContentError, match="a part of 'prices' is undefined") as raised:
        render_mail(replace(note(), values=values), tmp_path)
    assert "Ann" not in raised.value.message + raised.value.reason


def test_a_part_that_is_missing_is_named_as_the_text_does(tmp_path: Path) -> None:
    write(tmp_path, {**MAIL, "email/note.en.txt.liquid": "{{ prices.Ben }}" + STOP})
    with pytest.raises(ContentError, match=r"prices\.Ben is undefined"):
        render_mail(replace(note(), values={"prices": {}}), tmp_path)


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ({"txt": "See https://shop.example/p/1"}, "text (note.en.txt.liquid)"),
        ({"html": "<p>hi</p>"}, "HTML (note.en.html or mjml.liquid)"),
        ({"txt": "Reply unsubscribe"}, None),
        ({"txt": "回复退订"}, None),
        ({"txt": "{{ preferences_url }}"}, None),
    ],
    ids=["no link in the text", "none in the HTML", "words", "words in Chinese", "preferences"],
)
def test_marketing_without_a_way_to_stop_it_is_refused(
    tmp_path: Path, files: dict[str, str], missing: str | None
) -> None:
    write(
        tmp_path, {**MAIL, **{f"email/note.en.{key}.liquid": text for key, text in files.items()}}
    )
    problems = template_problems([note()], "smtp", tmp_path)
    assert [missing in one for one in problems] == [True] if missing else problems == []
    assert template_problems([note(purpose="transactional")], "smtp", tmp_path) == []
    if missing:
        with pytest.raises(ContentError) as raised:
            render_mail(note(), tmp_path)
        assert raised.value.reason == "no_unsubscribe_link:note.en"
        fix = remedy(
            "message", "news", "campaign_news", "smtp", "failed", raised.value.reason, None
        )
        assert "{{ unsubscribe_url }}" in fix


def test_a_default_stands_for_what_is_missing_and_for_nothing_else(tmp_path: Path) -> None:
    """As the error advises; a condition on what is missing is refused as before."""
    text = "Hi {{ shop | default: 'friend' }} in {{ city | default: 'town' }}" + STOP
    write(tmp_path, {**MAIL, "email/note.en.txt.liquid": text})
    assert "Hi friend in Berlin" in render_mail(note(), tmp_path)[1]
    asked = {**MAIL, "email/note.en.txt.liquid": "{% unless shop %}x{% endunless %}" + STOP}
    write(tmp_path / "other", asked)
    with pytest.raises(ContentError, match="'shop' is undefined"):
        render_mail(note(), tmp_path / "other")

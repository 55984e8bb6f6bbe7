"""What a WeChat message says: each shipped text fills in, caps are kept, and a value never changes
the shape of a message.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sluice.activations.content import LIBRARY
from sluice.activations.destinations.wechat.config import VALUE_CAPS
from sluice.activations.destinations.wechat.content import (
    KINDS,
    fitting,
    length,
    render,
    template_data,
    templates,
    wechat_content,
)
from sluice.models.errors import ContentError
from tests.activations.destinations.wechat.items import ORDER, POINTS

VALUES: dict[str, dict[str, Any]] = {
    "order_shipped": ORDER,
    "points_expire": POINTS,
    "members_day": {},
    "price_question": {"full_name": "王芳"},
    "sales_alert": {"key": 1, "score": 80},
    "alert": {"title": "held: 3", "owner": "marketing", "fix": "sluice alerts"},
}
EVIL = '王芳"}, "touser": "o2", {"x": "\n\\u738b {{ 7 }} {% raw %} 🌸𠮷'


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", VALUES)
def test_a_shipped_text_fills_in(name: str, language: str) -> None:
    assert (LIBRARY / "wechat" / f"{name}.{language}.yml").is_file()
    content = wechat_content(name, language, LIBRARY)
    assert content.render(VALUES[name])


def test_every_shipped_text_is_listed_under_its_kind() -> None:
    assert set().union(*(templates(kind, LIBRARY) for kind in KINDS)) == set(VALUES)


def test_another_language_reads_english() -> None:
    assert "double points" in render("members_day", "fr", "message", {}, LIBRARY)["text"]["content"]


@pytest.mark.parametrize(
    ("name", "kind", "values", "words"),
    [
        ("nothing", "message", {}, "nothing.en.yml is missing"),
        ("members_day", "template", {}, "write kind: template"),
        ("order_shipped", "template", {"order_number": "1"}, "cannot be filled in"),
    ],
)
def test_what_cannot_be_said_is_refused(
    name: str, kind: str, values: dict[str, str], words: str
) -> None:
    with pytest.raises(ContentError, match=words):
        render(name, "zh", kind, values, LIBRARY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("text: {content: hello}", "does not say what it is"),
        ("kind: message\na: '{{'", "not valid Liquid"),
        ("a: b: c", "not valid YAML"),
    ],
)
def test_a_text_that_cannot_be_read_is_told(tmp_path: Path, text: str, words: str) -> None:
    folder = tmp_path / "wechat"
    folder.mkdir()
    (folder / "x.zh.yml").write_text(text)
    with pytest.raises(ContentError, match=words):
        wechat_content("x", "zh", tmp_path)


def test_a_value_never_changes_the_shape() -> None:
    body = render("order_shipped", "zh", "template", {**ORDER, "product": EVIL}, LIBRARY)
    assert set(body) == {"template_id", "url", "data"}
    assert body["data"]["thing2"] == EVIL


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("thing1", "字" * 20, "字" * 20),
        ("thing1", "字" * 21, "字" * 19 + "…"),
        ("thing1", "🌸" * 10, "🌸" * 10),
        ("thing1", "🌸" * 11, "🌸" * 9 + "…"),
        ("character_string2", "1" * 32, "1" * 32),
        ("amount3", "1" * 99, "1" * 99),
    ],
)
def test_free_words_are_cut_to_what_the_vendor_takes(name: str, value: str, kept: str) -> None:
    assert template_data({name: value}, VALUE_CAPS) == {name: {"value": kept}}
    assert name.startswith("amount") or length(kept) <= VALUE_CAPS[name.rstrip("0123456789")]


@pytest.mark.parametrize("name", ["character_string1", "phone_number1", "car_number1", "const1"])
def test_any_other_value_that_is_too_long_is_refused_without_being_told(name: str) -> None:
    with pytest.raises(ContentError, match=f"{name} has 33 characters") as error:
        template_data({name: "7" * 33}, VALUE_CAPS)
    assert "777" not in str(error.value)


@pytest.mark.parametrize("limit", range(3, 40))
def test_a_cut_text_ends_within_its_bytes_and_between_two_characters(limit: int) -> None:
    cut = fitting("王🌸a" * 20, limit)
    assert len(cut.encode()) <= limit
    assert cut.endswith("…")
    assert ("王🌸a" * 20).startswith(cut[:-1])

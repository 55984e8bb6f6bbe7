"""The file of a form: each fault by its line and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.embed import snippet
from sluice.activations.inbox.forms.pages import linked
from sluice.activations.inbox.forms.reading import FormError, read_form
from sluice.activations.inbox.forms.wording import WORDING, choose_language
from tests.activations.inbox.forms.desk import BASE

PHONE = "  phone: {type: phone, label: {zh: 手机, en: Phone}}\n"


def form_of(folder: Path, text: str, name: str = "f") -> Form:
    path = folder / f"{name}.yml"
    path.write_text(text, encoding="utf-8")
    return read_form(path)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "write at least title and fields"),
        ("- a", 1, "write at least title and fields"),
        ("title: [", 1, "expected the node content"),
        ("title: a\ntitle: b\nfields: {a: {label: a}}", 2, "title is there twice"),
        ("title: a", 1, "fields: Field required"),
        ("title: a\nfields: {}", 2, "fields: Dictionary should have at least 1 item"),
        (BASE + "colour: red", 10, "colour: no such key"),
        (BASE + "langages: [zh]", 10, "langages: no such key: do you mean languages?"),
        ("title: a\nfields:\n  x: {label: a, lable: b}", 3, "fields.x.lable: no such key: do you mean label?"),
        ("title: a\nfields:\n  a: {label: a}\n  x:\n    label: a\n    type: colour", 6, "fields.x.type: Input should be"),
        ("title: a\nfields:\n  X: {label: a}", 3, "String should match pattern"),
        ("title: a\nfields:\n  x: {label: ' '}", 3, "write the text, or one a language"),
        ("title: a\nfields:\n  x: {label: a, type: select}", 3, "choices: a select and a multi_select have them"),
        ("title: a\nfields:\n  x: {label: a, type: select, choices: [a, a]}", 3, "two of them have the same value"),
        ("title: a\nfields:\n  x: {label: a, min: 3}", 3, "min and max: numbers of a number"),
        ("title: a\nfields:\n  x: {label: a, type: rating, max: 100}", 3, "a rating has 2 to 11 steps"),
        ("title: a\nfields:\n  x: {label: a, type: number, min: 3, max: 1}", 3, "min is more than max"),
        ("title: a\nfields:\n  x: {label: a, pattern: '(?=x)'}", 3, "is no pattern that RE2 reads"),
        ("title: a\nfields:\n  x: {label: a, pattern: '['}", 3, "is no pattern that RE2 reads"),
        (BASE.replace("text_version: v1", "text_version: v1, checked: true"), 8, "a box that is ticked beforehand is no consent"),
        (BASE.replace("channel: email", "channel: fax"), 8, "consents.news.channel: Input should be"),
        (BASE.replace("channel: email", "channel: sms").replace(PHONE, ""), 2, "a consent to sms needs a field of type phone"),
        (BASE + "hidden: {phone: {value: x}}", 2, "a name is given to two of"),
        (BASE + "hidden: {x: {value: x, query: y}}", 10, "give one of value"),
        (BASE + "hidden: {x: {}}", 10, "give one of value"),
        (BASE.replace("{type: phone", "{type: email"), 2, "two fields give the trait email"),
        ("title: a\ndouble_opt_in: {}\nfields: {a: {label: a}}", 2, "double_opt_in needs a field of type email"),
        (BASE + "thanks: {redirect: 'https://evil.example/x'}", 10, "thanks.redirect is no address of yours"),
        (BASE + "thanks: {redirect: '//evil.example'}", 10, "thanks.redirect is no address of yours"),
        (BASE + "thanks: {redirect: '/\\evil.example'}", 10, "thanks.redirect is no address of yours"),
        (BASE + "thanks: {redirect: 'javascript:alert(1)'}", 10, "thanks.redirect is no address of yours"),
        (BASE + "thanks: {redirect: 'https://shop.example@evil.example'}", 10, "thanks.redirect is no address of yours"),
        (BASE.replace("https://shop", "http://shop"), 9, "is no origin: write it as https://shop.example"),
        (BASE.replace("shop.example]", "shop.example/]"), 9, "is no origin"),
        (BASE + "captcha: {kind: turnstile, site_key: k, secret: abc}", 10, "captcha.secret: String should match pattern"),
        (BASE + "captcha: {kind: turnstile, site_key: k, secret: SLUICE_X, verify_url: 'http://a.b/c'}", 10, "it is no https address"),
        (BASE.replace("embed", "#") + "popup: {}", 10, "popup needs embed"),
        (BASE + "page: ../../secret", 10, "page: String should match pattern"),
        ("&a [*a]", 1, "it contains itself"),
        ("title: a\nfields:\n  d: {label: a, type: date, min: 2026-13-45}", 1, "it cannot be read"),
    ],
)  # fmt: skip
def test_fault_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(FormError) as caught:
        form_of(tmp_path, text)
    found = {(fault.line, str(fault)) for fault in caught.value.faults}
    assert any(at == line and words in said for at, said in found), found


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"title: \x00", b"x" * 300_000])
def test_file_that_is_no_text(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "f.yml").write_bytes(raw)
    with pytest.raises(FormError):
        read_form(tmp_path / "f.yml")


@pytest.mark.parametrize("name", ["popups", "A", "a b", "ä", "-a"])
def test_name_that_no_address_has(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormError, match="name the file"):
        form_of(tmp_path, BASE, name)


@pytest.mark.parametrize("redirect", ["/", "/f/other?x=1", "https://shop.example/thanks"])
def test_own_addresses_may_be_led_to(tmp_path: Path, redirect: str) -> None:
    form = form_of(tmp_path, BASE + f"thanks: {{redirect: '{redirect}'}}")
    assert form.thanks.redirect == redirect


def test_text_is_of_its_language_else_of_the_first(tmp_path: Path) -> None:
    form = form_of(tmp_path, BASE)
    texts = form.title
    assert [form.text(texts, one) for one in ("en", "en-GB", "de", "zh-TW")] == [
        "Contact us",
        "Contact us",
        "联系我们",
        "联系我们",
    ]


def test_wording_has_the_same_texts_in_each_language() -> None:
    assert set(WORDING["zh"]) == set(WORDING["en"])


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("", "", "zh"),
        ("en", "zh", "en"),
        ("fr", "fr;q=0.9, en;q=0.5", "en"),
        ("", "zh;q=0.1, en;q=0.9", "en"),
        ("", "en;q=0, zh", "zh"),
        ("", "en;q=x", "zh"),
        ("<script>", "*", "zh"),
        ("EN-us", "", "en"),
    ],
)
def test_language(asked: str, accepted: str, language: str) -> None:
    assert choose_language(["zh", "en"], asked, accepted) == language


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a <b> & 'c'", "a &lt;b&gt; &amp; &#x27;c&#x27;"),
        ("see [us](https://a.b/c?d=1&e=2)", 'see <a href="https://a.b/c?d=1&amp;e=2" target="_blank" rel="noopener">us</a>'),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ('[x](https://a"onclick=1)', "[x](https://a&quot;onclick=1)"),
        ("[<i>](/a)", '<a href="/a" target="_blank" rel="noopener">&lt;i&gt;</a>'),
    ],
)  # fmt: skip
def test_text_with_links(text: str, shown: str) -> None:
    assert str(linked(text)) == shown


def test_snippet_is_small() -> None:
    assert len(snippet("a" * 50).encode()) < 4_096


def test_forms_of_the_sample_company_are_good() -> None:
    from tests.conftest import ROOT

    folder = ROOT / "examples" / "world" / "content" / "forms"
    forms = {path.stem: read_form(path) for path in folder.glob("*.yml")}
    assert set(forms) == {"demo", "newsletter", "satisfaction"}
    for form in forms.values():  # whole in both languages
        texts = yaml.safe_dump(form.model_dump(mode="json"))
        assert len(re.findall(r"\bzh:", texts)) == len(re.findall(r"\ben:", texts)) > 3

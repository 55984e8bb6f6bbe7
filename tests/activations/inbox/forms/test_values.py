"""Values of fields: what is taken, normalised, and refused."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.values import check
from sluice.activations.inbox.forms.wording import WORDING
from tests.activations.inbox.forms.desk import RULES

MISSING = WORDING["en"]["missing"]


def checked(field: dict[str, Any], *values: str, **form: Any) -> Any:
    """The value that is kept; or the text of its refusal, in a list."""
    made = Form.model_validate({"title": "t", "fields": {"x": {"label": "l", **field}}, **form})
    found = check(made, {"x": list(values)}, "en", RULES)
    return [found.errors["x"]] if found.errors else found.fields.get("x")


@pytest.mark.parametrize(
    ("field", "values", "kept"),
    [
        ({}, ["  a \x00b\u200b "], "a b"),
        ({}, ["王芳 🙂 é"], "王芳 🙂 é"),
        ({}, ["a\nb\x1bc"], "a bc"),
        ({}, [], None),
        ({}, [" "], None),
        ({"required": True}, [" \t"], [MISSING]),
        ({"required": True}, [], [MISSING]),
        ({"max_length": 3}, ["abcd"], ["At most 3 characters"]),
        ({}, ["x" * 201], ["At most 200 characters"]),
        ({"type": "textarea"}, ["a\r\nb"], "a\nb"),
        ({"type": "textarea"}, ["x" * 5001], ["At most 5000 characters"]),
        ({"min_length": 3}, ["ab"], ["At least 3 characters"]),
        ({"pattern": "[A-Z]{3}"}, ["ABC"], "ABC"),
        ({"pattern": "[A-Z]{3}"}, ["ABCD"], ["This is not in the right format"]),
        ({"pattern": "(a+)+b"}, ["a" * 199], ["This is not in the right format"]),
        ({"pattern": "[0-9]+", "error": "Six digits"}, ["x"], ["Six digits"]),
        ({}, ["a", "b"], ["One value only"]),
        ({"type": "number"}, ["3.50"], 3.5),
        ({"type": "number"}, ["1e3"], 1000),
        ({"type": "number"}, ["nan"], ["Please give a number"]),
        ({"type": "number"}, ["inf"], ["Please give a number"]),
        ({"type": "number"}, ["1_000"], ["Please give a number"]),
        ({"type": "number"}, ["9" * 400], ["Please give a number"]),
        ({"type": "number", "min": 1.5}, ["1"], ["Not less than 1.5"]),
        ({"type": "number", "max": 10}, ["11"], ["Not more than 10"]),
        ({"type": "rating"}, ["5"], 5),
        ({"type": "rating"}, ["6"], ["Not more than 5"]),
        ({"type": "rating"}, ["0"], ["Not less than 1"]),
        ({"type": "rating", "min": 0, "max": 10}, ["0"], 0),
        ({"type": "rating"}, ["2.5"], ["Please give a number"]),
        ({"type": "date"}, ["2026-06-30"], "2026-06-30"),
        ({"type": "date"}, ["2026-02-30"], ["Please give a date, as 2026-06-30"]),
        ({"type": "date", "max": "2026-01-01"}, ["2026-06-30"], ["Not more than 2026-01-01"]),
        ({"type": "select", "choices": ["a", "b"]}, ["b"], "b"),
        ({"type": "select", "choices": ["a", "b"]}, ["c"], ["Please choose from the list"]),
        ({"type": "select", "choices": ["a", "b"]}, ["a", "b"], ["One value only"]),
        ({"type": "multi_select", "choices": ["a", "b"]}, ["b", "a", "b"], ["a", "b"]),
        ({"type": "multi_select", "choices": ["a"]}, ["a", "<x>"], ["Please choose from the list"]),
        ({"type": "checkbox"}, ["on"], True),
        ({"type": "checkbox"}, [], False),
        ({"type": "checkbox", "required": True}, [], [MISSING]),
        ({"type": "checkbox", "required": True}, ["off"], [MISSING]),
        ({"type": "phone"}, ["138 1234 5679"], "+8613812345679"),
        ({"type": "phone"}, ["手机：１３８－１２３４－５６７９"], "+8613812345679"),
        ({"type": "phone"}, ["010-62345678 转 12"], "+861062345678"),
        ({"type": "phone"}, ["+1 (415) 555-2671"], "+14155552671"),
        ({"type": "phone"}, ["13800000000"], ["There is no such number: please give your own"]),
        ({"type": "phone"}, ["11111111111"], ["Please give a valid phone number"]),
        ({"type": "phone"}, ["12345"], ["Please give a valid phone number"]),
        ({"type": "phone"}, ["'; drop table x; --"], ["Please give a valid phone number"]),
        ({"type": "phone"}, ["x" * 5000], ["At most 200 characters"]),
        ({"type": "email"}, ["Wang.Fang@ACME.cn"], "Wang.Fang@acme.cn"),
        ({"type": "email"}, ["王芳 <wang@acme.cn>"], "wang@acme.cn"),
        ({"type": "email"}, ["a@中国.cn"], "a@xn--fiqs8s.cn"),
        ({"type": "email"}, ["acme@acme.cn"], "acme@acme.cn"),
        ({"type": "email"}, ["a b@acme.cn"], ["Please give a valid e-mail address"]),
        ({"type": "email"}, ["a@b@acme.cn"], ["Please give a valid e-mail address"]),
        ({"type": "email"}, ["u@example.com"], ["This address cannot receive mail: please give your own"]),
    ],
)  # fmt: skip
def test_value(field: dict[str, Any], values: list[str], kept: Any) -> None:
    assert checked(field, *values) == kept


def test_phone_of_another_region() -> None:
    assert checked({"type": "phone"}, "0415 555 267", phone_region=61) == "+61415555267"


@pytest.mark.parametrize(
    ("given", "channels", "errors"),
    [
        ({"news": ["on"]}, ["email"], {}),
        ({"news": ["true"]}, ["email"], {}),
        ({"news": ["off"]}, [], {"news"}),
        ({"news": [""]}, [], {"news"}),
        ({"news": ["on", "on"]}, [], {"news"}),  # in doubt, no
        ({}, [], {"news"}),
        ({"calls": ["on"], "news": ["on"]}, ["email", "phone"], {}),
    ],
)
def test_consent_is_a_box_that_was_ticked(given: Any, channels: list[str], errors: Any) -> None:
    consent = {"text_version": 3, "text": {"zh": "同意", "en": "I agree"}}
    form = Form.model_validate(
        {
            "title": "t",
            "fields": {"e": {"type": "email", "label": "e"}, "p": {"type": "phone", "label": "p"}},
            "consents": {
                "news": {"channel": "email", "required": True, **consent},
                "calls": {"channel": "phone", **consent},
            },
        }
    )
    found = check(form, given, "zh", RULES)
    assert [one["channel"] for one in found.consents] == channels
    assert {(one["text"], one["text_version"]) for one in found.consents} <= {("同意", "3")}
    assert set(found.errors) == set(errors)


def test_second_phone_is_a_field_and_says_nothing_of_who_it_is() -> None:
    fields = {
        "p": {"type": "phone", "label": "p"},
        "q": {"type": "email", "label": "q", "trait": "company"},
    }
    form = Form.model_validate({"title": "t", "fields": fields})
    found = check(form, {"p": ["13812345679"], "q": ["a@acme.cn"]}, "en", RULES)
    assert found.keys == {"phone": "+8613812345679"}
    assert found.traits == {"phone": "+8613812345679", "company": "a@acme.cn"}

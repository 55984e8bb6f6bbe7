"""Templates of SMS: those that the repository ships, and those that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.activations.content import LIBRARY
from sluice.activations.content.sms_templates import (
    approved_templates,
    body_sms,
    sms_templates,
    template_problems,
    vendor_sms,
)
from sluice.activations.content.sms_text import SmsRefused
from sluice.models.errors import ContentError
from tests.activations.destinations.sms.sms_items import sms

SHIPPED = sorted(path.stem for path in (LIBRARY / "sms").glob("*.yml"))
YML = """
kind: {kind}
vendors:
  aliyun:
    mainland:
      zh:
        code: SMS_1
        text: "{text}"
        parameters: {{{parameters}}}
"""


def folder(
    home: Path,
    kind: str = "notice",
    text: str = "订单${a}",
    parameters: str = 'a: "{{ order_number }}"',
) -> Path:
    (home / "sms").mkdir(exist_ok=True)
    (home / "sms" / "order_shipped.yml").write_text(
        YML.format(kind=kind, text=text, parameters=parameters), encoding="utf-8"
    )
    return home


@pytest.mark.parametrize("template", SHIPPED)
def test_shipped_templates_have_no_problem(template: str) -> None:
    assert template_problems(template, LIBRARY) == []


def test_every_code_is_one_template() -> None:
    for vendor in ("aliyun", "tencent"):
        listed = [
            one.code
            for name in SHIPPED
            for found, _, one in sms_templates(name, LIBRARY).all()
            if found == vendor
        ]
        assert len(listed) == len(set(listed)) == len(approved_templates(vendor, LIBRARY)) > 0


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"text": "订单${a}和${b}"}, "do not name the same things"),
        ({"text": "订单"}, "do not name the same things"),
        ({"kind": "marketing"}, "does not end in the way to say no"),
        ({"text": "【店】${a}"}, "the place of the signature"),
    ],
)
def test_problem_of_a_template_is_told(tmp_path: Path, given: dict[str, str], problem: str) -> None:
    ((found, fix),) = template_problems("order_shipped", folder(tmp_path, **given))
    assert problem in found
    assert fix
    assert found.startswith("order_shipped.yml, aliyun SMS_1: ")


def test_body_is_checked_too(tmp_path: Path) -> None:
    home = folder(tmp_path)
    (home / "sms" / "order_shipped.zh.liquid").write_text(
        "【店】{{ order_number }}", encoding="utf-8"
    )
    assert [one.partition(":")[0] for one, _ in template_problems("order_shipped", home)] == [
        "order_shipped.zh.liquid"
    ]


def test_marketing_template_is_not_for_a_campaign_that_asked_nobody(tmp_path: Path) -> None:
    home = folder(tmp_path, kind="marketing", text="送券${a}，拒收请回复R")
    with pytest.raises(SmsRefused, match="purpose") as refused:
        vendor_sms(sms(1), "aliyun", "mainland", home)
    assert refused.value.reason == "marketing_template"


def test_missing_variable_is_named_and_its_value_is_not(tmp_path: Path) -> None:
    home = folder(tmp_path, parameters='a: "{{ no_such_value }}"')
    with pytest.raises(ContentError, match="no_such_value") as error:
        vendor_sms(sms(1), "aliyun", "mainland", home)
    assert "20261125001" not in str(error.value)


@pytest.mark.parametrize("text", ["kind: unknown", "kind: [", "kind: notice\nvendor: {}"])
def test_wrong_yml_is_refused_by_name(tmp_path: Path, text: str) -> None:
    home = folder(tmp_path)
    (home / "sms" / "order_shipped.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=r"order_shipped\.yml is not valid"):
        sms_templates("order_shipped", home)


@pytest.mark.parametrize(
    ("language", "starts"), [("zh", "您的订单"), ("en", "Your order"), ("fr", "Your order")]
)
def test_body_falls_back_to_english(language: str, starts: str) -> None:
    assert body_sms(sms(1, language=language), LIBRARY).startswith(starts)


@pytest.mark.parametrize(
    ("area", "language", "code"),
    [
        ("mainland", "zh", "2100001"),
        ("mainland", "en", "2100001"),
        ("abroad", "en", "2100002"),
        ("abroad", "zh", "2100002"),
    ],
)
def test_template_of_the_area_is_taken_whatever_the_language(
    area: object, language: str, code: str
) -> None:
    assert vendor_sms(sms(1, language=language), "tencent", area, LIBRARY)[0].code == code  # type: ignore[arg-type]

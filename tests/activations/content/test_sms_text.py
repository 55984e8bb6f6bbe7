"""What an SMS costs and must say."""

from __future__ import annotations

import pytest

from sluice.activations.content.sms_text import (
    SmsRefused,
    alphabet_of,
    check_length,
    check_text,
    check_variables,
    cost,
    segments,
    signed,
)


@pytest.mark.parametrize(
    ("text", "alphabet", "count"),
    [
        ("", "gsm7", 0),
        ("a" * 160, "gsm7", 1),
        ("a" * 161, "gsm7", 2),
        ("a" * 306, "gsm7", 2),
        ("a" * 307, "gsm7", 3),
        ("a" * 158 + "€", "gsm7", 1),
        ("a" * 159 + "€", "gsm7", 2),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 3),  # an escaped character is not cut in two
        ("a" * 151 + "€" + "a" * 153, "gsm7", 2),
        ("à" * 160, "gsm7", 1),
        ("á" * 70, "ucs2", 1),
        ("中" * 70, "ucs2", 1),
        ("中" * 71, "ucs2", 2),
        ("中" * 134, "ucs2", 2),
        ("中" * 135, "ucs2", 3),
        ("🌸" * 35, "ucs2", 1),
        ("🌸" * 36, "ucs2", 2),
        ("🌸" * 66, "ucs2", 2),  # 33 whole ones a part
        ("🌸" * 67, "ucs2", 3),
        ("a" * 69 + "’", "ucs2", 1),  # one typographic quote makes all of it UCS-2
        ("a" * 70 + "’", "ucs2", 2),
    ],
)
def test_segments_are_those_of_the_carrier(text: str, alphabet: str, count: int) -> None:
    assert (alphabet_of(text), segments(text)) == (alphabet, count)


def test_chinese_providers_count_every_text_as_chinese() -> None:
    assert (segments("a" * 71), segments("a" * 71, "ucs2")) == (1, 2)


def test_cost_is_segments_at_the_price_of_one_with_the_signature() -> None:
    text = "中" * 66
    assert cost(text, 0.045) == pytest.approx(0.045)
    assert cost(signed(text, "商店名"), 0.045) == pytest.approx(0.09)
    assert signed(text, "") == text


@pytest.mark.parametrize(
    ("text", "is_marketing", "area", "reason"),
    [
        ("您的订单已发出", False, "mainland", None),
        ("送您优惠券", True, "mainland", "no_opt_out_text"),
        ("送您优惠券，拒收请回复R", True, "mainland", None),
        ("送您优惠券，退订回T。", True, "mainland", None),
        ("A coupon. Reply STOP to opt out", True, "mainland", "no_opt_out_text"),
        ("A coupon. Reply STOP to opt out.", True, "abroad", None),
        ("拒收请回复R 送您优惠券", True, "mainland", "no_opt_out_text"),
        ("【商店】您的订单已发出", False, "mainland", "signature_in_template"),
    ],
)
def test_text_says_what_it_must(
    text: str, is_marketing: bool, area: object, reason: str | None
) -> None:
    assert reason_of(lambda: check_text(text, is_marketing, area)) == reason  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("123456", None),
        ("1234567", "variable_too_long"),
        ("", "empty_variable"),
        ("a.cn", "link_in_variable"),
        ("顺丰速运", None),
        ("3.50", None),
    ],
)
def test_variable_is_what_vendors_take(value: str, reason: str | None) -> None:
    assert reason_of(lambda: check_variables({"1": value}, 6)) == reason


def test_length_names_the_setting() -> None:
    with pytest.raises(
        SmsRefused, match=r"takes 3 segments, and 2 are allowed.*MAX_SEGMENTS"
    ) as refused:
        check_length("中" * 135, 2)
    assert "中" not in str(refused.value)


def reason_of(check: object) -> str | None:
    try:
        check()  # type: ignore[operator]
    except SmsRefused as refused:
        return refused.reason
    return None

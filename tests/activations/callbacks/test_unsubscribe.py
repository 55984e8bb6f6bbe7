"""The link to unsubscribe: a GET asks, one click withdraws, and nobody can withdraw for another."""

from __future__ import annotations

import pytest

from sluice.activations.destinations.base import CallbackRequest
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.activations.destinations.email.unsubscribe import unsubscribe_url
from sluice.activations.destinations.registry import REGISTRY
from sluice.models.delivery import Message

CONFIG = SmtpConfig(
    host="h", sender="s@shop.example", unsubscribe_url="https://u.shop.example/c", secret="s" * 16
)
HASH = "0123456789abcdef" * 4
LINK = unsubscribe_url(Message(7, 7, "u@b.cn", HASH, "email", "t", "zh"), CONFIG)
ONE_CLICK = b"List-Unsubscribe=One-Click"


def call(
    method: str, link: str = LINK, body: bytes = b"", config: SmtpConfig = CONFIG
) -> tuple[int, list[str], bytes]:
    read_callback = REGISTRY["smtp"].callback
    assert read_callback is not None
    answer = read_callback(config, CallbackRequest(method, link, link.partition("?")[2], {}, body))
    return answer.status, [reported.address_hash or "" for reported in answer.reported], answer.body


def test_one_click_withdraws() -> None:
    assert call("POST", body=ONE_CLICK)[:2] == (200, [HASH])


def test_get_shows_a_page_whose_form_withdraws() -> None:
    status, reported, page = call("GET")
    assert (status, reported) == (200, [])
    assert b'name="List-Unsubscribe" value="One-Click"' in page


@pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS"])
def test_scanner_withdraws_nobody(method: str) -> None:
    assert call(method, body=ONE_CLICK)[1] == []


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=", b"List-Unsubscribe=Two", b"\xff\xfe"])
def test_post_of_something_else_withdraws_nobody(body: bytes) -> None:
    assert call("POST", body=body)[:2] == (400, [])


@pytest.mark.parametrize(
    "link",
    [
        LINK.replace("0123", "11"),
        LINK[:-1] + ("0" if LINK[-1] != "0" else "1"),
        LINK.partition("?")[0],
        LINK.rpartition(".")[0],
    ],
)
def test_link_that_we_did_not_sign_is_refused(link: str) -> None:
    assert call("POST", link, ONE_CLICK)[:2] == (403, [])


def test_transactional_mail_has_no_link() -> None:
    assert (
        unsubscribe_url(
            Message(7, 7, "u@b.cn", HASH, "email", "t", "zh", {}, "transactional"), CONFIG
        )
        == ""
    )


def test_without_a_secret_no_link_is_good() -> None:
    bare = SmtpConfig(host="h", sender="s@shop.example")
    assert call("POST", body=ONE_CLICK, config=bare)[:2] == (403, [])

"""Every SMS destination against the conformance suite."""

from __future__ import annotations

from typing import Any

from sluice.activations.destinations.base import Destination
from sluice.activations.destinations.testing import Conformance
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, Outcome
from tests.activations.destinations.sms.sms_items import sms, texts


class Sms(Conformance):
    kind = "message"
    secret = ""

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [sms(number, carrier=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return sms(999, "+8613800090404")

    def received(self, sandbox: Sandbox) -> int:
        return sandbox.store.value(f"select count(*) from received where vendor = '{self.name}'")

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("drop_after_accept")

    def throttle(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("429")

    def oversized_item(self) -> Item:
        return sms(998, carrier="王芳" * 1_000)

    def unwritable_item(self) -> Item:
        return sms(997, "+8613800000997\r\n&to=+8613800000998")

    def arrived(self, sandbox: Sandbox) -> str:
        return "\n".join(text for _, _, text in texts(sandbox, self.name))

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        sandbox.faults.http.append("slow_after_accept")
        return {**settings, "timeout_seconds": 0.3}

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, self.secret: "expired"}

    def test_what_stands_behind_a_number_is_not_dropped(
        self, destination: Destination, sandbox: Sandbox
    ) -> None:
        """An extension, to who reads numbers kindly: the ledger would know another number than the
        one that is sent to.
        """
        (result,) = destination.send([sms(1, "+8613800000001,9")])
        assert (result.outcome, result.reason) == (Outcome.FAILED, "invalid_number")
        assert self.received(sandbox) == 0


class TestAliyun(Sms):
    name, secret = "aliyun", "access_key_secret"


class TestTencent(Sms):
    name, secret = "tencent", "secret_key"
    odd_text = "王🌸'<ñ𠮷"  # a variable has six characters, and the templates cut it

    def oversized_item(self) -> Item:
        return sms(998, template="win_back_coupon", amount="1" * 100)


class TestTwilio(Sms):
    name, secret = "twilio", "auth_token"


class TestKannel(Sms):
    name, secret = "kannel", "password"

    def bad_item(self) -> Item:
        return sms(
            999, "+862162345678"
        )  # a landline: a gateway would take it, and nobody would read it

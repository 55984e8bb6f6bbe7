"""Replies as people write them: which say no, and which speak of something else."""

from __future__ import annotations

import pytest

from sluice.activations.opt_out_words import says_no

NOES = """R|r|TD|td.|ｔｄ|T|N|退订| 退订！|拒收|TD退订|请给我退订|取消订阅|STOP|Stop!|td R|UNSUBSCRIBE|opt-out|“R”|ＳＴＯＰ
stop please|Please stop|STOP - thanks|opt out|T D|unsub|Unsubscribe me|remove me from your list|revoke|NO|don't text me
取消|退訂|停止|不要|别发了|不要再发了|回T|TD。谢谢|退定|ARRÊT|TUI DING|s\u200btop|I want to stop
我要退订您的营销短信服务谢谢您|请不要再给我发短信了，我要退订"""
OTHERS = """ |!!|Ok|谢谢|R2D2|Thanks, when does it stop?|我上次退订的那个会员卡里的钱怎么退|Cancel my order
我不想退订|取消订单|别发货|不要发顺丰
请退订单，昨天下的那个单买错了颜色|no problem|end of the month|please thank you|R you there"""


@pytest.mark.parametrize(
    "text", [*NOES.replace("\n", "|").split("|"), "Stop\n\nSent from my phone"]
)
def test_reply_says_no(text: str) -> None:
    assert says_no(text)


@pytest.mark.parametrize("text", ["", *OTHERS.replace("\n", "|").split("|")])
def test_reply_says_something_else(text: str) -> None:
    assert not says_no(text)


def test_words_of_a_setting_are_the_only_ones() -> None:
    words = {"stop", "别再发"}
    assert [
        says_no(text, words, ("别再发",)) for text in ("Stop please", "请别再发", "退订", "N")
    ] == [True, True, False, False]

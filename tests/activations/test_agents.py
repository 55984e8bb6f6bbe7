"""Who opened, clicked or looked: user agents as they are, and timings."""

from __future__ import annotations

import csv
import re

import pytest

from sluice.activations.agents import FILE, agent_of, classify, is_machine

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 13; 22081212C Build/TKQ1.220829.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0"
AGENTS = [
    # people
    (CHROME, "person", False),
    (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "person", False),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "person", False),
    (f"{ANDROID} Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64", "wechat", False),
    (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.50(0x18003231) NetType/WIFI Language/zh_CN", "wechat", False),
    (f"{CHROME} NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090b13)", "wechat", False),
    (f"{IPHONE} Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1 Language/zh", "wechat", False),
    (f"{ANDROID} MQQBrowser/6.2 TBS/046281 Mobile Safari/537.36 V1_AND_SQ_9.0.35 QQ/9.0.35.17370", "qq", False),
    (f"{IPHONE} Mobile/15E148 QQ/9.0.30.614 V1_IPH_SQ_9.0.30", "qq", False),
    (f"{IPHONE} Mobile/15E148 baiduboxapp/13.60.0.10 (Baidu; P2 17.5)", "person", False),
    (f"{IPHONE} Mobile/15E148 AliApp(DingTalk/7.5.5) com.laiwang.DingTalk", "in_app", False),
    (f"{IPHONE} Mobile/21F79 [FBAN/FBIOS;FBAV/465.0.1.41.103]", "in_app", False),
    ("Mozilla/5.0 (Linux; Android 8.1.0; CUBOT X18 Plus) AppleWebKit/537.36 Chrome/91.0 Mobile Safari/537.36", "person", False),
    (f"{CHROME} YaBrowser/24.4.0.0", "person", False),
    ("Mozilla/5.0 (Windows NT 10.0; rv:115.0) Gecko/20100101 Thunderbird/115.12.2", "mail_client", False),
    ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17628; Pro)", "mail_client", False),
    # fetched for a person, when the mail is opened
    ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", "gmail_proxy", False),
    ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", "yahoo_proxy", False),
    # fetched whether or not it is opened
    ("Mozilla/5.0", "apple_mail_privacy", True),
    # programs
    ("Barracuda Sentinel (EE)", "scanner", True),
    ("Mozilla/5.0 (compatible; Proofpoint URL Defense)", "scanner", True),
    (f"{CHROME} HeadlessChrome/126.0.0.0", "headless", True),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.6478.55 Safari/537.36", "headless", True),
    ("Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1", "headless", True),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "crawler", True),
    ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", "crawler", True),
    ("Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)", "crawler", True),
    (f"{ANDROID} Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)", "crawler", True),
    ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "crawler", True),
    ("Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)", "crawler", True),
    ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "crawler", True),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "preview", True),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "preview", True),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5", "preview", True),
    ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "monitor", True),
    ("Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)", "monitor", True),
    ("kube-probe/1.29", "monitor", True),
    ("curl/8.5.0", "library", True),
    ("python-requests/2.32.3", "library", True),
    ("Go-http-client/1.1", "library", True),
    ("okhttp/4.12.0", "library", True),
    ("Apache-HttpClient/4.5.14 (Java/17.0.11)", "library", True),
    ("", "not_given", True),
    ("   ", "not_given", True),
    # what no row names, and what is not to be read, harms nobody
    ("MyShop/3.2 (build 77)", "unknown", False),
    ("\x00\ud83d" * 5_000, "unknown", False),
]  # fmt: skip


@pytest.mark.parametrize(("user_agent", "category", "machine"), AGENTS, ids=range(len(AGENTS)))
def test_a_user_agent_is_classified(user_agent: str, category: str, machine: bool) -> None:
    assert classify(user_agent) == (category, machine)
    assert agent_of(user_agent) == (category if user_agent.strip() else None)
    if user_agent.strip():
        assert is_machine(category) == machine


GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


@pytest.mark.parametrize(
    ("user_agent", "seconds", "links", "method", "expected"),
    [
        (CHROME, 60, 1, "GET", ("person", False)),
        (CHROME, 5, 1, "GET", ("person", False)),
        (CHROME, 4.9, 1, "GET", ("scanner", True)),
        (CHROME, 0, 1, "GET", ("scanner", True)),
        (CHROME, -30, 1, "GET", ("person", False)),  # a clock that is off proves nothing
        (CHROME, None, 1, "GET", ("person", False)),
        (CHROME, 600, 2, "GET", ("scanner", True)),
        (CHROME, 600, 12, "GET", ("scanner", True)),
        (CHROME, 600, 1, "HEAD", ("scanner", True)),
        (CHROME, 600, 1, "head", ("scanner", True)),
        (CHROME, 600, 1, "POST", ("person", False)),
        (GMAIL, None, 1, "GET", ("gmail_proxy", False)),
        (GMAIL, None, 1, "HEAD", ("scanner", True)),
        ("Mozilla/5.0", 86_400, 1, "GET", ("apple_mail_privacy", True)),
        ("curl/8.5.0", 1, 9, "HEAD", ("library", True)),
        (None, None, 1, "GET", ("not_given", False)),  # a vendor that gives none
        (None, 1, 1, "GET", ("scanner", True)),
        ("", 600, 1, "GET", ("not_given", True)),  # a call to us without one
    ],
)
def test_what_it_does_gives_a_scanner_away(
    user_agent: str | None,
    seconds: float | None,
    links: int,
    method: str,
    expected: tuple[str, bool],
) -> None:
    assert classify(user_agent, seconds, links, method) == expected


def test_every_row_of_the_rules_can_be_read() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["is_machine"] for row in rows} == {"yes", "no"}
    assert all(row["what"] for row in rows)
    by_category = {(row["category"], row["is_machine"]) for row in rows}
    assert len({category for category, _ in by_category}) == len(by_category)
    for row in rows:
        if row["rule"] == "agent":
            re.compile(row["pattern"])
    assert [row["rule"] for row in rows if row["rule"] != "agent"] == [
        "method",
        "seconds_since_sent",
        "links_together",
    ]

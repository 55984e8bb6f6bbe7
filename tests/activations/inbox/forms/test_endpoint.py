"""Forms over a real server: what is kept, what is answered, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.activations.inbox.forms.desk import BASE, SIGNER, Desks, serving_forms

GOOD = {"email": "Wang.Fang@Acme.cn", "phone": "138 1234 5679", "news": "on"}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with serving_forms(tmp_path) as running:
        yield running


def test_page_that_is_sent_is_an_event(desks: Desks) -> None:
    page = "https://x/f/contact?utm_source=wechat&utm_campaign=summer&qr=q1&t=zzz"
    answer = desks.send(
        "contact",
        {**GOOD, "_page": page, "_referrer": "https://baidu.com/s?wd=crm"},
        Cookie="sluice_id=a-1",
        User_Agent="Firefox",
    )
    assert (answer.status, answer.headers["location"]) == (303, "/f/contact/thanks?lang=en")
    ((row,), (body,)) = desks.running.rows(), desks.bodies()
    assert (row["source"], row["kind"]) == ("forms", "form")
    assert body.pop("submission") == row["event_key"]
    assert body == {
        "form": "contact",
        "version": 1,
        "fields": {"email": "Wang.Fang@acme.cn", "phone": "+8613812345679"},
        "traits": {"email": "Wang.Fang@acme.cn", "phone": "+8613812345679", "language": "en"},
        "consents": [
            {
                "channel": "email",
                "purpose": "marketing",
                "status": "granted",
                "text_version": "v1",
                "text": "I agree",
            }
        ],
        "anonymousId": "a-1",
        "deliveryId": None,
        "context": {
            "page": {
                "url": "https://x/f/contact?utm_source=wechat&utm_campaign=summer&qr=q1",
                "path": "/f/contact",
                "referrer": "https://baidu.com/s?wd=crm",
            },
            "campaign": {"source": "wechat", "name": "summer"},
            "qr": "q1",
            "userAgent": "Firefox",
            "locale": "en",
        },
        "confirmed": True,
        "known": False,
    }
    assert "Thank you" in desks.get(answer.headers["location"]).body.decode()


@pytest.mark.parametrize("way", ["json", "multipart", "urlencoded"])
def test_each_encoding_is_the_same_event(desks: Desks, way: str) -> None:
    values = {
        "_token": desks.token("contact"),
        "email": "a@acme.cn",
        "note": "第一行\n第二行 🙂",
        "news": "on",
    }
    if way == "json":
        body, kind = json.dumps({**values, "news": True}).encode(), "application/json"
    elif way == "multipart":
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
            for n, v in values.items()
        )
        body, kind = f"{parts}--b--\r\n".encode(), "multipart/form-data; boundary=b"
    else:
        from urllib.parse import urlencode

        body, kind = urlencode(values).encode(), "application/x-www-form-urlencoded"
    assert desks.raw("/f/contact", body, kind).status in {200, 303}
    (found,) = desks.bodies()
    assert found["fields"] == {"email": "a@acme.cn", "note": "第一行\n第二行 🙂"}
    assert len(found["consents"]) == 1


@pytest.mark.parametrize(
    ("values", "lang", "shown"),
    [
        ({"email": "x"}, "zh", "请填写有效的邮箱地址"),
        ({"email": "test@test.com"}, "zh", "请填写真实邮箱"),
        ({"email": "a@acme.cn", "phone": "13800000000"}, "zh", "这个号码不存在"),
        ({"email": "a@acme.cn", "phone": "12345"}, "en", "valid phone number"),
        ({"email": "a@acme.cn", "phone": "13800000000"}, "en", "There is no such number"),
        ({}, "en", "Please fill this in"),
    ],
)
def test_wrong_value_is_refused_at_once(
    desks: Desks, values: dict[str, str], lang: str, shown: str
) -> None:
    page = desks.send("contact", {**values, "note": "<b>keep me</b>"}, lang)
    assert page.status == 422
    assert shown in page.body.decode()
    assert "&lt;b&gt;keep me&lt;/b&gt;" in page.body.decode()  # what was typed stays
    answer = desks.send_json("contact", values, lang)
    assert answer.status == 422
    assert shown in "".join(answer.json()["errors"].values())
    assert desks.bodies() == []


def test_page_that_was_corrected_is_taken(desks: Desks) -> None:
    """Its token stays, so the time it was shown is known."""
    token = desks.token("contact")
    assert desks.send("contact", {"_token": token, "email": "x"}).status == 422
    page = desks.send("contact", {"_token": token, "email": "x"}).body.decode()
    assert token in page
    assert desks.send("contact", {"_token": token, "email": "a@acme.cn"}).status == 303


def test_double_click_is_one_event_and_a_change_another(desks: Desks) -> None:
    token = desks.token("contact")
    for _ in range(3):
        assert desks.send("contact", {"_token": token, **GOOD}).status == 303
    assert len(desks.bodies()) == 1
    desks.send("contact", {"_token": token, **GOOD, "phone": "13912345670"})
    assert len(desks.bodies()) == 2


def test_known_person_is_recognised_and_the_page_says_nothing(desks: Desks) -> None:
    new = desks.send_json("contact", {"email": "new@acme.cn"})
    desks.known["wangfang@gmail.com"] = 77
    known = desks.send_json("contact", {"email": "Wang.Fang+x@gmail.com"})
    assert new.body == known.body
    assert [(b["known"], b.get("contactId")) for b in desks.bodies()] == [(False, None), (True, 77)]
    desks.known["slow"] = 1
    desks.send("contact", {"email": "later@acme.cn"})
    assert "known" not in desks.bodies()[-1]


@pytest.mark.parametrize("sign", ["trap", "too_fast"])
def test_machine_is_kept_as_one_and_learns_nothing(desks: Desks, sign: str) -> None:
    person = desks.send_json("contact", GOOD)
    if sign == "trap":
        machine = desks.send_json("contact", {**GOOD, "_topic": "buy now"})
    else:
        token = desks.get("/f/contact.json").json()["token"]
        desks.clock.go(seconds=0.5)
        values = json.dumps({"_token": token, **GOOD}).encode()
        machine = desks.raw("/f/contact?lang=en", values, "application/json")
    assert machine.body == person.body
    body = desks.bodies()[1]
    assert (body["spam"], body["spamSigns"], body["traits"], body["consents"]) == (
        True,
        [sign],
        {},
        [],
    )
    assert body["fields"]["email"] == [
        "Wang.Fang@Acme.cn"
    ]  # nothing is lost where the sign is wrong


@pytest.mark.parametrize(
    "token",
    ["", "x", "1.AAAAAAAAAAAAAAAAAAAAAAAA", "of another form", "old", "of the future"],
)
def test_token_that_is_not_good_is_asked_for_again(desks: Desks, token: str) -> None:
    desks.write("other")
    if token == "of another form":
        token = desks.token("other")
    elif token in {"old", "of the future"}:
        kept = desks.token("contact")
        desks.clock.go(hours=25 if token == "old" else -25)
        token = kept
    page = desks.send("contact", {**GOOD, "_token": token})
    assert page.status == 422
    assert "open for too long" in page.body.decode()
    assert desks.bodies() == []
    fresh = desks.send_json("contact", {**GOOD, "_token": token}).json()["token"]
    desks.clock.go(seconds=5)
    assert desks.send("contact", {**GOOD, "_token": fresh}).status == 303


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("https://shop.example", 200),
        ("https://evil.example", 403),
        ("https://shop.example.evil.example", 403),
        ("null", 403),
        ("http://shop.example", 403),
    ],
)
def test_origin(desks: Desks, origin: str | None, status: int) -> None:
    headers = {"Origin": origin} if origin else {}
    token = desks.token("contact")
    values = json.dumps({"_token": token, **GOOD}).encode()
    answer = desks.raw("/f/contact", values, "application/json", **headers)
    assert answer.status == status
    allowed = answer.headers.get("access-control-allow-origin")
    assert allowed == ("https://shop.example" if origin == "https://shop.example" else None)
    assert len(desks.bodies()) == (status == 200)
    assert "set-cookie" not in answer.headers
    assert desks.get("/f/contact.json", **headers).status == status


def test_own_origin(desks: Desks) -> None:
    own = desks.running.server.local_url
    assert desks.send("contact", GOOD, Origin=own).status == 303


def test_rate_of_one_address_and_of_one_proxy(desks: Desks) -> None:
    desks.write("contact", BASE + "per_minute: 2\n")
    token = desks.token("contact")
    values = {"_token": token, **GOOD}

    def send(address: str) -> int:
        desks.clock.now = desks.clock.now.replace(second=0)
        return desks.send("contact", values, X_Forwarded_For=address).status

    assert [send("9.9.9.9") for _ in range(3)] == [303, 303, 429]
    assert send("1.2.3.4, 9.9.9.9") == 429  # what stands to the left anybody can write
    assert send("8.8.8.8") == 303
    assert [send(f"2001:db8:1:2::{n}") for n in range(1, 4)] == [303, 303, 429]
    answer = desks.send("contact", values, X_Forwarded_For="2001:db8:1:2::9")
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many" in answer.body.decode()
    desks.clock.go(minutes=2)
    assert send("9.9.9.9") == 303


def test_forwarded_address_counts_from_declared_proxies_alone(tmp_path: Path) -> None:
    with serving_forms(tmp_path, trusted=("10.0.0.0/8",)) as desks:
        desks.write("contact", BASE + "per_minute: 1\n")
        values = {"_token": desks.token("contact"), **GOOD}
        statuses = []
        for n in range(3):
            desks.clock.now = desks.clock.now.replace(second=0)
            statuses.append(desks.send("contact", values, X_Forwarded_For=f"9.9.9.{n}").status)
        assert statuses == [303, 429, 429]


def test_form_changes_without_a_restart_and_a_wrong_one_stops_itself_alone(
    desks: Desks, caplog: pytest.LogCaptureFixture
) -> None:
    desks.write("late", BASE.replace("Contact us", "Come later"))
    assert "Come later" in desks.get("/f/late?lang=en").body.decode()
    desks.write("late", BASE.replace("Contact us", "Changed it"))
    assert "Changed it" in desks.get("/f/late?lang=en").body.decode()
    desks.write("late", BASE + "colour: red\n")
    for path in ("/f/late", "/f/late.json", "/f/late.js", "/f/late/thanks"):
        assert desks.get(path).status == 503
    assert desks.send("contact", GOOD).status == 303
    assert [r.message for r in caplog.records if "late" in r.message] == [
        "a form is not served: content/forms/late.yml: line 10: colour: no such key: there is"
        " version, languages, title, intro, submit, fields, hidden, consents, double_opt_in, thanks,"
        " page, embed, phone_region, min_seconds, open_hours, per_minute, captcha, popup"
    ]
    (desks.content / "forms" / "late.yml").unlink()
    assert desks.get("/f/late").status == 404


@pytest.mark.parametrize(
    "name",
    [
        "../contact",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "contact.yml",
        "CONTACT",
        "contact%00",
        "a" * 300,
        "popups",
        "<script>",
    ],
)
def test_name_leads_nowhere_else(desks: Desks, name: str) -> None:
    desks.write("popups")
    for path in (f"/f/{name}", f"/f/{name}/thanks"):
        answer = desks.get(path.replace("<", "%3C").replace(">", "%3E"))
        assert answer.status == 404
        assert b"<script>" not in answer.body


def test_language_is_asked_for_else_accepted_else_the_forms_first(desks: Desks) -> None:
    assert "联系我们" in desks.get("/f/contact").body.decode()
    page = desks.get("/f/contact", Accept_Language="de, en-GB;q=0.8, zh;q=0.2").body.decode()
    assert "Contact us" in page
    assert 'lang="en"' in page
    assert "联系我们" in desks.get("/f/contact?lang=zh-CN", Accept_Language="en").body.decode()


def test_redirect_leads_to_the_declared_address_alone(desks: Desks) -> None:
    desks.write("contact", BASE + "thanks: {redirect: 'https://shop.example/thanks'}\n")
    sent = {**GOOD, "redirect": "https://evil.example", "_redirect": "//evil.example", "next": "x"}
    answer = desks.send("contact", sent)
    assert answer.headers["location"] == "https://shop.example/thanks"
    assert (
        "form-action 'self' https://shop.example;"
        in desks.get("/f/contact").headers["content-security-policy"]
    )
    assert desks.send_json("contact", GOOD).json()["redirect"] == "https://shop.example/thanks"


def test_link_of_a_message_is_known_and_shows_nothing(desks: Desks) -> None:
    token = SIGNER.token("form", -5)
    page = desks.get(f"/f/contact?t={token}").body.decode()
    assert f'name="_link" value="{token}"' in page
    desks.send("contact", {**GOOD, "_link": token})
    desks.send("contact", {**GOOD, "_link": SIGNER.token("click", -5)})
    assert [body["deliveryId"] for body in desks.bodies()] == [-5, None]


def test_size(desks: Desks) -> None:
    answer = desks.raw(
        "/f/contact", b"note=" + b"x" * 10_000_000, "application/x-www-form-urlencoded"
    )
    assert answer.status == 413
    many = "&".join(f"a{n}=1" for n in range(2_000)).encode()
    assert desks.raw("/f/contact", many, "application/x-www-form-urlencoded").status == 400
    assert desks.raw("/f/contact", b"x", "application/x-php").status == 415
    assert desks.bodies() == []

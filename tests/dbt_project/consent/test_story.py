"""Four days of one company: who is written to, and why everybody else is not. The project is built
once a day for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from sluice.activations.addresses import address_hash
from sluice.models.delivery import Withdrawal
from sluice.orchestration.inspection.row_issues import describe_issues
from tests.dbt_project.consent.consent_project import ConsentProject

GRANTED_AT, LATER = "2026-01-02 00:00:00", "2026-03-01 00:00:00"
# how sources write a no: source, what stands around the record id, channel, status
NOES = {
    "channel with a capital": ("crm", "{}", "Email", "withdrawn"),
    "channel with a space": ("crm", "{}", "email ", "withdrawn"),
    "status with a capital": ("crm", "{}", "email", "Withdrawn"),
    "synonym": ("crm", "{}", "email", "unsubscribed"),
    "source in capitals": ("CRM", "{}", "email", "withdrawn"),
    "record id with a space": ("crm", "{} ", "email", "withdrawn"),
    "no-break space": ("crm", "{}\u00a0", "email", "withdrawn"),
    "status in capitals": ("crm", "{}", "email", "WITHDRAWN"),
    "all channels": ("crm", "{}", "all", "withdrawn"),
    "as it should be": ("crm", "{}", "email", "withdrawn"),
    "hyphens": ("crm", "{}", "e-mail", "opt-out"),
    "full width": ("crm", "{}", "ＥＭＡＩＬ", "ＯＰＴ＿ＯＵＴ"),
    "Chinese": ("crm", "{}", "邮箱", "已退订"),
    "all in Chinese": (" Crm", "{}", "全部", "拒绝"),
    "a number": ("crm", "{}", "email", "0"),
    "source in full width": ("ＣＲＭ", "{}", "email", "withdrawn"),
    "quoted id": ("crm", "'{}'", "email", "withdrawn"),
    "id in full width": ("crm", "Ｃ{number}", "email", "withdrawn"),
    "id in small letters": ("crm", "c{number}", "email", "withdrawn"),
    "no source": (None, "{}", "email", "withdrawn"),
    "an unknown source": ("hubspot", "{}", "email", "withdrawn"),
    "an address for an id": ("crm", "{mail}", "email", "withdrawn"),
}
NEARLY = ("quoted id", "id in full width", "id in small letters", "no source", "an unknown source")
# when somebody will have said no, as the file has it: in the zone of the company, noon is now
AHEAD = {"wrong zone": "2026-06-29 14:00:00", "end of time": "9999-12-31 23:59:59"}
DOUBTS = {"unknown status": ("email", "perhaps"), "unknown channel": ("pigeon", "withdrawn")}


@dataclass
class Company:
    """What its systems say today."""

    crm: dict[str, dict[str, Any]] = field(default_factory=dict)
    shop: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)

    def hire(self, name: str, **values: Any) -> str:
        """A CRM record with a grant. Returns its id."""
        crm_id = f"C{len(self.crm)}"
        mail = f"{name.replace(' ', '.').replace('-', '').lower()}@firm.example"
        phone = f"139000{len(self.crm):05d}"
        row = {
            "crm_id": crm_id,
            "name": f"Ann {name.title()}",
            "email": mail,
            "mobile": phone,
            "is_deleted": False,
        }
        self.crm[crm_id] = {**row, "created_at": "2026-01-01 00:00:00", **values}
        self.say(crm_id, "email", "granted", GRANTED_AT)
        return crm_id

    def say(
        self, record_id: str, channel: str, status: str, at: str = LATER, source: str | None = "crm"
    ) -> None:
        """A row of the consent log."""
        row = {
            "source": source,
            "record_id": record_id,
            "channel": channel,
            "status": status,
            "changed_at": at,
        }
        self.consents.append(row)

    def write(self, project: ConsentProject) -> None:
        """Send all files."""
        project.write("src_crm", list(self.crm.values()))
        project.write("src_shop", list(self.shop.values()))
        project.write("src_webform", self.forms)
        project.write("consent", self.consents)


@dataclass
class Story:
    """Who got a mail on each day, why others did not, and the issues that were reported."""

    sent: list[set[str]] = field(default_factory=list)
    reasons: list[Mapping[str, str]] = field(default_factory=list)
    issues: list[list[tuple[str, str]]] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)


def a_day(project: ConsentProject, company: Company, story: Story) -> None:
    company.write(project)
    project.decide()
    story.reasons.append(project.reasons())
    reported = project.query(
        "select record_id, issue from contacts.consent_issues order by record_id"
    )
    story.issues.append([(str(a), str(b)) for a, b in reported])
    story.words.append(describe_issues(project.settings.warehouse))
    story.sent.append(set(project.push()))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("consent")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(folder / "home"))
        patch.setenv("SLUICE_SOURCES", "crm,shop,webform,consent")
        return tell(ConsentProject(folder / "project", folder / "home"))


def tell(project: ConsentProject) -> Story:
    company, reported = Company(), Story()
    ids = reported.ids
    for name, (source, around, channel, status) in NOES.items():
        ids[name] = company.hire(name)
        mail = company.crm[ids[name]]["email"].upper()
        written = around.format(ids[name], number=ids[name][1:], mail=mail)
        company.say(written, channel, status, source=source)
    for name, (channel, status) in DOUBTS.items():
        ids[name] = company.hire(name)
        company.say(ids[name], channel, status)
    for name, at in AHEAD.items():
        ids[name] = company.hire(name)
        company.say(ids[name], "email", "withdrawn", at)
    ids["no more sent"] = company.hire("no more sent")
    company.say(ids["no more sent"], "email", "pls no mails")
    ids["unreadable deletion"] = company.hire("unreadable deletion")
    ids["unreadable row"] = company.hire("unreadable row")
    ids["unreadable time"] = company.hire("unreadable time")
    company.say(ids["unreadable time"], "email", "withdrawn", "31.31.2026")
    for name in ("plain", "carla", "eve", "gone", "gone and said no"):
        ids[name] = company.hire(name)
    company.say(ids["gone and said no"], "sms", "granted", GRANTED_AT)
    company.say("C999", "email", "withdrawn")
    eve = company.crm[ids["eve"]]
    company.shop["B1"] = dict(
        shop_user_id="B1", receiver_name=eve["name"], phone=eve["mobile"], email="eve@two.example"
    )
    company.shop["B1"]["registered_at"] = "2026-01-01 00:00:00"
    company.say("B1", "email", "granted", GRANTED_AT, "shop")
    ids["deleted"] = company.hire("deleted", is_deleted=True)
    deleted = company.crm[ids["deleted"]]
    form = dict(submission_id="F1", full_name=deleted["name"], email_address=deleted["email"])
    company.forms.append(
        {**form, "phone_number": deleted["mobile"], "submitted_at": "2026-01-01 00:00:00"}
    )
    company.say("F1", "email", "granted", GRANTED_AT, "webform")
    a_day(project, company, reported)

    for address in ("carla@firm.example", "eve@firm.example"):
        project.read_callback(
            Withdrawal("email", address_hash("email", address), datetime.now(UTC))
        )
    company.crm[ids["carla"]] |= {
        "email": "carla.new@firm.example",
        "updated_at": "2026-06-29 20:00:00",
    }
    eve |= {"email": None, "updated_at": "2026-06-29 20:00:00"}
    company.consents = [
        row
        for row in company.consents
        if row["status"] not in {"perhaps", "pls no mails"} and row["channel"] != "pigeon"
    ]
    company.say(ids["unknown status"], "email", "granted")
    company.crm[ids["unreadable deletion"]] |= {"is_deleted": True, "created_at": "31.31.2026"}
    company.crm[ids["unreadable row"]] |= {"created_at": "31.31.2026"}
    company.say(ids["unknown channel"], "sms", "withdrawn")
    company.say(ids["gone and said no"], "email", "withdrawn")
    left = {name: company.crm.pop(ids[name]) for name in ("gone", "gone and said no")}
    a_day(project, company, reported)

    company.crm[ids["plain"]]["title"] = "CTO"  # another load
    a_day(project, company, reported)

    company.consents = [
        row for row in company.consents if row["record_id"] != ids["gone and said no"]
    ]
    company.say("N1", "email", "granted", GRANTED_AT)
    company.crm |= {ids["gone"]: left["gone"], "N1": {**left["gone and said no"], "crm_id": "N1"}}
    a_day(project, company, reported)
    return reported


def address_of(name: str) -> str:
    return f"{name.replace(' ', '.').replace('-', '').lower()}@firm.example"


@pytest.mark.parametrize("name", NOES)
def test_a_no_is_read_as_it_is_written(story: Story, name: str) -> None:
    address = address_of(name)
    assert all(address not in sent for sent in story.sent)
    assert story.reasons[0][address] == "withdrawn"


@pytest.mark.parametrize("name", AHEAD)
def test_a_no_of_a_time_to_come_counts_since_it_was_landed(story: Story, name: str) -> None:
    assert [reasons[address_of(name)] for reasons in story.reasons] == ["withdrawn"] * 4
    assert (story.ids[name], "time_in_future") in story.issues[0]


def test_what_is_not_understood_holds_though_it_is_sent_no_more(story: Story) -> None:
    held = [reasons[address_of("no more sent")] for reasons in story.reasons]
    assert held == ["consent_unclear"] * 4


def test_a_deletion_in_a_row_that_cannot_be_read_holds(story: Story) -> None:
    """The record was good the day before; a row without a mark holds nobody."""
    held, sent = address_of("unreadable deletion"), address_of("unreadable row")
    assert [held in addresses for addresses in story.sent[:2]] == [True, False]
    assert story.reasons[1][held] == "consent_unclear"
    assert sent in story.sent[1]


@pytest.mark.parametrize("name", DOUBTS)
def test_who_cannot_be_understood_is_held_until_the_file_is_corrected(
    story: Story, name: str
) -> None:
    address = f"{name.replace(' ', '.')}@firm.example"
    assert [reasons[address] for reasons in story.reasons[:2]] == ["consent_unclear", "due"]


def test_a_row_that_is_not_understood_is_named_and_stops_nobody_else(story: Story) -> None:
    ids = story.ids
    doubts = [(ids["no more sent"], "status_not_understood")]
    first = [*doubts, (ids["unknown status"], "status_not_understood")]
    first += [(ids["unknown channel"], "channel_not_understood")]
    assert kinds(story.issues[0]) == {"matches_nearly": len(NEARLY), "time_in_future": len(AHEAD)}
    assert of_nobody_or_doubt(story.issues[0]) == sorted([("C999", "matches_nobody"), *first])
    assert of_nobody_or_doubt(story.issues[1]) == sorted([("C999", "matches_nobody"), *doubts])
    assert "plain@firm.example" in story.sent[0]
    held = (
        "3 consent statements are not understood, marketing to their people is held: `sluice lint`"
        " names them"
    )
    assert (story.words[0][0], story.words[0][-1]) == (
        held,
        "1 consent statements match no record: `sluice lint` names them",
    )
    assert len(story.words[0]) == 4


def kinds(issues: list[tuple[str, str]]) -> dict[str, int]:
    return dict(
        Counter(issue for _, issue in issues if issue in {"matches_nearly", "time_in_future"})
    )


def of_nobody_or_doubt(issues: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [one for one in issues if one[1].endswith(("_nobody", "_understood"))]


def test_a_no_at_a_time_that_cannot_be_read_is_a_no(story: Story) -> None:
    assert story.reasons[0]["unreadable.time@firm.example"] == "withdrawn"


@pytest.mark.parametrize(
    ("old", "new"), [("carla", "carla.new@firm.example"), ("eve", "eve@two.example")]
)
def test_an_unsubscribe_holds_for_another_address_of_the_person(
    story: Story, old: str, new: str
) -> None:
    assert f"{old}@firm.example" in story.sent[0]
    assert [reasons[new] for reasons in story.reasons[1:]] == ["withdrawn"] * 3


def test_who_is_deleted_in_one_system_is_held(story: Story) -> None:
    assert [reasons["deleted@firm.example"] for reasons in story.reasons] == [
        "deleted_in_source"
    ] * 4


def test_who_is_gone_from_full_loads_is_not_written_to_until_they_are_back(story: Story) -> None:
    assert ["gone@firm.example" in sent for sent in story.sent] == [True, True, False, True]
    assert story.reasons[2]["Ann Gone"] == "contact_deleted"


def test_a_withdrawal_outlives_its_record_and_its_row(story: Story) -> None:
    """The record comes back under another id, with a grant; the row of the withdrawal is in no file
    any more.
    """
    address = "gone.and.said.no@firm.example"
    assert [address in sent for sent in story.sent] == [True, False, False, False]
    assert story.reasons[3][address] == "withdrawn"

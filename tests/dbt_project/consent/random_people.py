"""Random lives of many people who have nothing to do with each other, and the plain rule that says
who must get no marketing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

STATUSES = {
    "granted": ["granted", "Yes", "已订阅"],
    "withdrawn": ["withdrawn", "Unsubscribed ", "OPT-OUT", "0", "拒绝"],
}
CHANNELS = ["email", "E-Mail", " 邮箱", "all"]
GONE_AFTER = 2
Groups = Mapping[str, frozenset[str]]  # of a record_id, the record_ids of the same contact


@dataclass
class Record:
    """A record of a source as it stands today, and what was said by it or by somebody who was the
    same contact then.
    """

    source: str
    record_id: str
    address: str
    phone: str
    is_granted: bool = False
    is_deleted: bool = False
    is_sent: bool = True
    missed: int = 0
    said_no: bool = False

    @property
    def is_gone(self) -> bool:
        """True when its source, which sends all it has, lacked it in so many loads."""
        return self.missed >= GONE_AFTER


@dataclass
class Person:
    """Records that come together by a phone and part by another one. ``story`` tells what happened,
    for a test that fails.
    """

    name: str
    random: Random
    records: dict[str, Record] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    old_mail: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    def live(self, day: int) -> None:
        """What happens to the person before the run of a day. On the first day there is nothing but
        records and grants.
        """
        self.story.append(f"day {day}")
        for row in [row for row in self.log if day and self.random.random() < 0.1]:
            self.log.remove(row)  # what was said stays said, whatever the file says later
            self.records[row["record_id"].strip()].is_granted &= (
                row["status"] not in STATUSES["granted"]
            )
        changes = [
            self._withdraw,
            self._move,
            self._part,
            self._join,
            self._delete,
            self._leave,
            self._return_as_other,
        ]
        chosen = (
            [self.add_record] * self.random.choice([1, 1, 2, 3])
            if day == 0
            else self.random.choices(changes, k=1)
        )
        for change in chosen if day == 0 or self.random.random() < 0.7 else []:
            change()

    def end_load(self) -> None:
        """The files of a day were landed."""
        for record in self.records.values():
            record.missed = 0 if record.is_sent else record.missed + 1

    def add_record(self) -> None:
        """A record, mostly with the phone of another one, mostly with a grant."""
        number = len(self.records)
        phones = [record.phone for record in self.records.values()]
        phone = (
            self.random.choice(phones)
            if phones and self.random.random() < 0.7
            else self._new_phone()
        )
        source = self.random.choice(["crm", "shop", "webform"])
        self._add(
            Record(source, f"{self.name}-{number}", f"{self.name}.{number}@mail.example", phone)
        )

    def read(self, address: str, groups: Groups) -> str | None:
        """The person gets a mail. Returns how they say no to it, if they do."""
        (record,) = [one for one in self.records.values() if one.address == address][:1]
        group = groups[record.record_id]
        self.story.append(f"mail to {address}")
        self.old_mail.append((address, group))
        return self._say_no(address, group) if self.random.random() < 0.15 else None

    def read_old_mail(self) -> tuple[str, str] | None:
        """Some day the person looks at a mail of another day. Returns its address and how they say
        no.
        """
        if not self.old_mail or self.random.random() > 0.1:
            return None
        address, group = self.random.choice(self.old_mail)
        return address, self._say_no(address, group)

    @property
    def has_said_no(self) -> bool:
        """True when any record of the person did."""
        return any(record.said_no for record in self.records.values())

    def silent(self, groups: Groups) -> set[str]:
        """Addresses that must get no marketing: a record of the contact said no or is deleted, or
        none is sent any more.
        """
        found: set[str] = set()
        for record in self.records.values():
            others = [self.records[one] for one in groups.get(record.record_id, [record.record_id])]
            is_silent = any(one.said_no or one.is_deleted for one in others) or all(
                one.is_gone for one in others
            )
            found |= {record.address} if is_silent else set()
        return found

    def reported(self, groups: Groups) -> list[set[str]]:
        """The addresses of each contact that must get a mail at one of them: all is well with every
        record.
        """
        kept = [record for record in self.records.values() if record.record_id in groups]
        contacts = {groups[record.record_id] for record in kept}
        well = [
            [self.records[one] for one in contact]
            for contact in contacts
            if contact <= set(self.records)
        ]
        return [
            {one.address for one in records}
            for records in well
            if any(one.is_granted for one in records)
            and not any(one.said_no or one.is_deleted or one.missed for one in records)
        ]

    def _add(self, record: Record) -> None:
        self.records[record.record_id] = record
        self.story.append(
            f"add {record.record_id} of {record.source}, {record.address}, phone {record.phone}"
        )
        if self.random.random() < 0.9:
            self._say(record, "granted")

    def _say_no(self, address: str, group: frozenset[str]) -> str:
        how = self.random.choice(["unsubscribe", "complaint"])
        self.story.append(f"{how} from {address}")
        for one in group:
            self.records[one].said_no = True
        return how

    def _say(self, record: Record, status: str) -> None:
        words, channel = self.random.choice(STATUSES[status]), self.random.choice(CHANNELS)
        source = self.random.choice([record.source, record.source.upper(), f" {record.source}"])
        at = "2026-01-02 00:00:00" if status == "granted" else "2026-03-01 00:00:00"
        record_id = self.random.choice([record.record_id, f"{record.record_id} "])
        self.log.append(
            dict(source=source, record_id=record_id, channel=channel, status=words, changed_at=at)
        )
        record.is_granted |= status == "granted"
        record.said_no |= status == "withdrawn"
        self.story.append(f"{record.record_id} {status} as {words}, {channel}")

    def _one(self) -> Record:
        return self.random.choice(list(self.records.values()))

    def _sent_one(self) -> Record | None:
        """One that its source sends today: what becomes of the others nobody is informed of."""
        sent = [record for record in self.records.values() if record.is_sent]
        return self.random.choice(sent) if sent else None

    def _withdraw(self) -> None:
        self._say(self._one(), "withdrawn")

    def _move(self) -> None:
        record = self._sent_one()
        if record is None:
            return
        record.address = f"{self.name}.{len(self.story)}.new@mail.example"
        self.story.append(f"{record.record_id} has {record.address}")

    def _part(self) -> None:
        record = self._sent_one()
        if record is None:
            return
        record.phone = self._new_phone()
        self.story.append(f"{record.record_id} has phone {record.phone}")

    def _join(self) -> None:
        record, other = self._sent_one(), self._one()
        if record is None:
            return
        record.phone = other.phone
        self.story.append(f"{record.record_id} has the phone of {other.record_id}")

    def _delete(self) -> None:
        record = self._one()
        record.is_deleted |= record.source == "crm" and record.is_sent
        self.story.append(f"{record.record_id} deleted: {record.is_deleted}")

    def _leave(self) -> None:
        record = self._one()
        record.is_sent &= record.source == "webform"
        self.story.append(f"{record.record_id} sent: {record.is_sent}")

    def _return_as_other(self) -> None:
        """The source sends the record again, under another id."""
        record = self._one()
        record.is_sent &= record.source == "webform"
        new_id = f"{self.name}-{len(self.records)}"
        self._add(
            replace(
                record,
                record_id=new_id,
                is_sent=True,
                missed=0,
                said_no=False,
                is_granted=False,
                is_deleted=False,
            )
        )

    def _new_phone(self) -> str:
        return f"139{self.name[1:]}{len(self.story) % 1000:03d}"


def files(people: list[Person]) -> dict[str, list[dict[str, Any]]]:
    """What the sources send of all of them."""
    sent: dict[str, list[dict[str, Any]]] = {
        "src_crm": [],
        "src_shop": [],
        "src_webform": [],
        "consent": [],
    }
    for person in people:
        sent["consent"] += person.log
        full_name, at = f"Ann {person.name.translate(LETTERS).title()}", "2026-01-01 00:00:00"
        for one in (record for record in person.records.values() if record.is_sent):
            if one.source == "crm":
                row = dict(
                    crm_id=one.record_id,
                    name=full_name,
                    mobile=one.phone,
                    email=one.address,
                    created_at=at,
                )
                sent["src_crm"].append({**row, "is_deleted": one.is_deleted})
            elif one.source == "shop":
                row = dict(
                    shop_user_id=one.record_id,
                    receiver_name=full_name,
                    phone=one.phone,
                    email=one.address,
                )
                sent["src_shop"].append({**row, "registered_at": at})
            else:
                row = dict(
                    submission_id=one.record_id,
                    full_name=full_name,
                    phone_number=one.phone,
                    email_address=one.address,
                )
                sent["src_webform"].append({**row, "submitted_at": at})
    return sent


LETTERS = str.maketrans("0123456789", "abcdefghij")

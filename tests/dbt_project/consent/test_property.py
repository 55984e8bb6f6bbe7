"""Random grants, withdrawals, moves, merges, splits, deletions and re-imports: nobody whose last
word (by any of their records) is no gets marketing, at the moment of sending. Many people live in
one run; one that fails is shown with the whole story.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from sluice.activations.addresses import address_hash
from sluice.models.delivery import DeliveryState, Message, Receipt, Withdrawal
from tests.dbt_project.consent.consent_project import ConsentProject
from tests.dbt_project.consent.random_people import Groups, Person, files

POLICY = "{refusals: share, caps: share}"


class World:
    """People, their sources, and a campaign that is sent twice a day: the second time somebody may
    have said no a second ago.
    """

    def __init__(self, project: ConsentProject, seed: int, size: int) -> None:
        self.project = project
        self.people = {
            f"p{number:05d}": Person(f"p{number:05d}", Random(f"{seed} {number}"))
            for number in range(size)
        }
        self.groups: Groups = {}
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()
        project.recorder.answer = self._deliver

    def live_a_day(self, day: int) -> None:
        """People live, files are landed, mails are sent and read."""
        for person in self.people.values():
            person.live(day)
        for name, rows in files(list(self.people.values())).items():
            self.project.write(name, rows)
        for person in self.people.values():
            person.end_load()
        self.project.decide()
        self.groups = self._read_groups()
        for person in self.people.values():
            self._answer_old_mail(person)
        reported = {person.name: person.reported(self.groups) for person in self.people.values()}
        sent = set(self.project.push_only("everybody"))
        # an unsubscribe names an address, and silences in doubt all that had it: of who said no,
        # nothing is claimed
        reported = {
            name: groups for name, groups in reported.items() if not self.people[name].has_said_no
        }
        missed = [
            f"{name}: nothing to {group}"
            for name, groups in reported.items()
            for group in groups
            if not group & sent
        ]
        self.wrong += [f"{line}\n{self._story(line.split(':')[0])}" for line in missed]
        self.project.push_only("again")
        self.project.day += 1

    def _read_groups(self) -> Groups:
        rows = self.project.query(
            "select list(record_id) from identity.identity_map group by contact_id"
        )
        return {one: frozenset(group) for (group,) in rows for one in group}

    def _deliver(self, message: Message) -> None:
        person = self.people[message.address.split(".")[0]]
        self.counts["mails"] += 1
        if message.address in person.silent(self.groups):
            self.wrong.append(f"mail to {message.address}\n{self._story(person.name)}")
        how = person.read(message.address, self.groups)
        if how == "complaint":
            self.project.read_callback(
                Receipt(
                    DeliveryState.COMPLAINED, datetime.now(UTC), message.delivery_id, suppress=True
                )
            )
        elif how is not None:
            self._unsubscribe(message.address)
        self.counts[how or "read"] += 1

    def _answer_old_mail(self, person: Person) -> None:
        said = person.read_old_mail()
        if said is not None:
            self._unsubscribe(said[0])
            self.counts["old mail"] += 1

    def _unsubscribe(self, address: str) -> None:
        self.project.read_callback(
            Withdrawal("email", address_hash("email", address), datetime.now(UTC))
        )

    def _story(self, name: str) -> str:
        return "\n".join(self.people[name].story)


def share_nothing(file: Path) -> None:
    """Whoever is probably one person holds the other back, and here all are to be reached."""
    text = file.read_text(encoding="utf-8")
    assert POLICY in text
    file.write_text(text.replace(POLICY, "{refusals: ignore, caps: ignore}"), encoding="utf-8")


@pytest.mark.parametrize(
    ("seed", "size", "days"),
    [(1, 300, 3), *(pytest.param(seed, 3000, 8, marks=pytest.mark.long) for seed in (2, 3))],
)
def test_nobody_who_said_no_gets_marketing(
    seed: int, size: int, days: int, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_SOURCES", "crm,shop,webform,consent")
    project = ConsentProject(tmp_path / "project", home, campaigns=("everybody", "again"))
    share_nothing(project.folder / "dbt_project.yml")
    world = World(project, seed, size)
    for day in range(days):
        world.live_a_day(day)
    assert world.wrong == [], (
        f"{len(world.wrong)} of {world.counts['mails']} mails\n\n" + "\n\n".join(world.wrong[:3])
    )
    assert world.counts["mails"] > size
    assert min(world.counts[how] for how in ("unsubscribe", "complaint", "old mail")) > size / 30

"""Who is one person, and who is not: claims as tables of rows, each with the partition it must give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt_project.identity.warehouse import Warehouse, clusters


def person(record_id: str, full_name: str | None = None, **values: Any) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "full_name": full_name,
        "created_at": f"2026-01-{int(record_id[-1]) + 1:02}T00:00:00",
        **values,
    }


CLAIMS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "one phone in many forms": (
        [person("1", "王芳", phone="138 1234 5671"), person("2", "王 芳", phone="+86-13812345671"),
         person("3", "Wang Fang", phone="００８６１３８１２３４５６７１"), person("4", "王女士", phone="'13812345671.0")],
        ["1 2 3 4"]),
    "one mailbox, with a tag, in capitals, at full width": (
        [person("1", "李强", email="Li.Qiang@corp.cn"), person("2", "李强", email="li.qiang+shop@corp.cn"),
         person("3", None, email="mailto:LI.QIANG＠CORP.CN;")],
        ["1 2 3"]),
    "a family's phone joins each member with themselves only": (
        [person("1", "王强", phone="13812345672"), person("2", "王芳", phone="13812345672"), person("3", "王芳", phone="13812345672"),
         person("4", "王先生", phone="13812345672")],
        ["1", "2 3", "4"]),
    "John and Mary Smith share a phone": (
        [person("1", "John Smith", phone="+1 202 555 0143"), person("2", "Mary Smith", phone="+12025550143"),
         person("3", "Smith, John", phone="+1-202-555-0143")],
        ["1 3", "2"]),
    "a switchboard is nobody's own": (
        [person("1", "王强", phone="021-61234567"), person("2", "李芳", phone="021-61234567转8001"), person("3", "李芳", phone="(021)61234567")],
        ["1", "2 3"]),
    "made up numbers and mailboxes join nothing": (
        [person("1", "王强", phone="13800000000", email="test@test.com"), person("2", "王强", phone="13800000000", email="test@test.com"),
         person("3", None, phone="13812345678", email="no@no.com"), person("4", None, phone="13812345678", email="no@no.com")],
        ["1", "2", "3", "4"]),
    "the mailbox of a function joins nothing": (
        [person("1", "王强", email="sales@corp.cn"), person("2", "王强", email="sales@corp.cn"), person("3", None, email="info@corp.cn")],
        ["1", "2", "3"]),
    "one unionid is one person, whatever the name": (
        [person("1", "小仙女", unionid="oU_1"), person("2", "王芳", unionid="oU_1")], ["1 2"]),
    "traditional characters and a homophone are the same name": (
        [person("1", "張偉", phone="13812345673"), person("2", "张玮", phone="13812345673")], ["1 2"]),
    "a chain over phone and mailbox": (
        [person("1", "陈静", phone="13812345674"), person("2", "陈静", phone="13812345674", email="chenjing@corp.cn"),
         person("3", "Chen Jing", email="chenjing@corp.cn")],
        ["1 2 3"]),
    "words for nothing are nothing": (
        [person("1", "无", phone="无", email="无"), person("2", "无", phone="暂无", email="none"), person("3", "", phone="", email=" "),
         person("4", None)],
        ["1", "2", "3", "4"]),
    "a name of a megabyte, odd bytes and an emoji": (
        [person("1", "王" * 350_000, phone="13812345675"), person("2", "\ufeff王芳🌸\x00".replace("\x00", ""), phone="13812345675"),
         person("3", "ÃŽÃ¢Ã\x81", phone="13912345671")],
        ["1 2", "3"]),
}  # fmt: skip


def partition(groups: list[str]) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


def test_every_claim_holds(tmp_path: Path) -> None:
    """All claims in one run, each with record ids of its own."""
    people, expected = [], {}
    for number, (name, (rows, groups)) in enumerate(CLAIMS.items()):
        people += [{**row, "record_id": f"{number}-{row['record_id']}"} for row in rows]
        expected[name] = {
            frozenset(f"{number}-{record}" for record in group) for group in partition(groups)
        }
    found = clusters(Warehouse(tmp_path).unify(people))
    wrong = {
        name: sorted(map(sorted, groups - found))
        for name, groups in expected.items()
        if groups - found
    }
    assert wrong == {}


MAILBOXES = st.sampled_from([None, "ann@corp.cn", "bo@corp.cn", "sales@corp.cn"])
PHONES = st.sampled_from([None, "13812345671", "13812345672", "13812345673"])
NAMES = st.sampled_from([None, "王芳", "王强", "李娜", "Wang Fang", "王先生"])
PEOPLE = st.lists(
    st.tuples(NAMES, PHONES, MAILBOXES, st.sampled_from([None, "u1", "u2"])),
    min_size=2,
    max_size=14,
)


@pytest.mark.long
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(people=PEOPLE, data=st.data())
def test_any_order_and_any_batching_give_the_same_clusters(
    tmp_path_factory: pytest.TempPathFactory,
    people: list[tuple[str | None, ...]],
    data: st.DataObject,
) -> None:
    rows = [
        {
            "record_id": str(number),
            "full_name": name,
            "phone": phone,
            "email": email,
            "unionid": unionid,
        }
        for number, (name, phone, email, unionid) in enumerate(people)
    ]
    whole = clusters(
        Warehouse(tmp_path_factory.mktemp("whole")).unify(
            rows, layers=("fqn:sluice.staging", "fqn:sluice.identity")
        )
    )
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(1, len(rows) - 1))
    batched = Warehouse(tmp_path_factory.mktemp("batched"))
    batched.unify(shuffled[:cut], layers=("fqn:sluice.staging", "fqn:sluice.identity"))
    assert (
        clusters(batched.unify(shuffled, layers=("fqn:sluice.staging", "fqn:sluice.identity")))
        == whole
    )

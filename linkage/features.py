"""Records on the standard columns become comparable features: one table `features`, one row a record."""

import re
from collections.abc import Callable, Iterable

import pyarrow as pa
from duckdb import DuckDBPyConnection

from sluice.linkage.given_names import of_other_sex, variants, without_titles
from sluice.linkage.hanzi import is_hanzi
from sluice.linkage.names import fold, name_parts

TEXT_LENGTH = 200
LEGAL_FORM = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|公司|集团|[（(]中国[)）]|\b(co|ltd|inc|llc|corp|corporation|company|limited|gmbh|plc)\b\.?)",
    re.I,
)
REGION = re.compile(r"^.*?(省|自治区|-)(?=.)|市辖区$")


def read_records(con: DuckDBPyConnection, records_table: str) -> pa.Table:
    """The standard columns of the records, in order of their key; nothing is written to the connection."""
    texts = ", ".join(
        f"nullif(trim(left(cast({c} as varchar), {TEXT_LENGTH})), '') as {c}" for c in TEXTS
    )
    keys = "record_key, coalesce(component_id, record_key) as component_id"
    return con.sql(
        f"select {keys}, {texts} from {records_table} order by record_key"
    ).to_arrow_table()


def build_features(worker: DuckDBPyConnection, records: pa.Table) -> None:
    """Creates the table `features` from the records."""
    worker.register("raw", records)
    _map(worker, "names", "full_name", _name_row, NAME_SCHEMA)
    _map(worker, "givens", "given_name", _given_row, GIVEN_SCHEMA)
    _map(worker, "surnames", "surname", _word_row, WORD_SCHEMA)
    _map(worker, "cities", "city", _city_row, WORD_SCHEMA)
    _map(worker, "companies", "company", _company_row, COMPANY_SCHEMA)
    worker.execute(f"create table features as {FEATURES}")
    worker.unregister("raw")


TEXTS = (
    "source",
    "full_name",
    "given_name",
    "surname",
    "email",
    "phone",
    "birth_date",
    "national_id",
    "address",
    "city",
    "province",
    "postcode",
    "company",
    "job_title",
    "unionid",
)
WORD_SCHEMA = pa.schema([("value", pa.string()), ("word", pa.string())])
GIVEN_SCHEMA = pa.schema(
    [
        ("value", pa.string()),
        ("word", pa.string()),
        ("variants", pa.list_(pa.string())),
        ("other_sex", pa.list_(pa.string())),
    ]
)
NAME_SCHEMA = pa.schema(
    [
        ("value", pa.string()),
        ("full_text", pa.string()),
        ("full_key", pa.string()),
        ("tokens", pa.list_(pa.string())),
        ("family", pa.string()),
        ("is_complete", pa.bool_()),
    ]
)
COMPANY_SCHEMA = pa.schema(
    [("value", pa.string()), ("word", pa.string()), ("tokens", pa.list_(pa.string()))]
)


def _map(
    worker: DuckDBPyConnection,
    name: str,
    column: str,
    row: Callable[[str], tuple | None],
    columns: pa.Schema,
) -> None:
    """A table `name`: each distinct value of a column and what Python makes of it."""
    values = worker.execute(
        f"select distinct {column} as v from raw where {column} is not null order by v"
    ).fetchall()
    rows = [made for (value,) in values if (made := row(value)) is not None]
    table = pa.table(
        [
            pa.array(c, type=f.type)
            for c, f in zip(_columns(rows, len(columns)), columns, strict=True)
        ],
        schema=columns,
    )
    worker.register("mapped", table)
    worker.execute(f"create table {name} as select * from mapped")
    worker.unregister("mapped")


def _columns(rows: list[tuple], width: int) -> Iterable[list]:
    return [list(c) for c in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _name_row(value: str) -> tuple | None:
    parts = name_parts(value)
    if parts is None:
        return None
    tokens = sorted(set(parts.tokens))
    return (
        value,
        parts.text,
        "".join(sorted(parts.tokens)),
        tokens,
        parts.family or None,
        parts.is_complete,
    )


def _word_row(value: str) -> tuple | None:
    if is_hanzi(value):
        parts = name_parts(value)
        return (value, parts.key) if parts else None
    folded = fold(value).replace(" ", "").replace("*", "")
    return (value, folded) if folded else None


def _given_row(value: str) -> tuple | None:
    """A given name without titles, what else it is called by, and what only looks like it."""
    if is_hanzi(value):
        parts = name_parts(value)
        return (value, parts.key, [parts.key], []) if parts else None
    words = without_titles(fold(value).replace("*", "").split())
    word = "".join(words)
    return (value, word, variants(words), of_other_sex(word)) if word else None


def _city_row(value: str) -> tuple | None:
    """A place without its province and rank, in Latin letters: 浙江省杭州市, 杭州 and Hangzhou are one."""
    from pypinyin import lazy_pinyin

    short = value.strip()
    if is_hanzi(short):
        short = REGION.sub("", REGION.sub("", short))
        short = re.sub(r"^(.{2,})市\1?(?=.{2,}市$)|市$", "", short)
        short = "".join(lazy_pinyin(short))
    folded = fold(short).replace(" ", "")
    return (value, folded) if folded else None


def _company_row(value: str) -> tuple | None:
    core = fold(LEGAL_FORM.sub(" ", value)) or fold(value)
    tokens = re.findall(r"\d+|[a-z]+|[\u4e00-\u9fff]{2}|[^\W\d_]+", core)
    return (value, core.replace(" ", ""), sorted(set(tokens))) if tokens else None


FEATURES = r"""
with parts as (
    select
        r.record_key, r.component_id,
        case when (select count(distinct source) from raw) > 1 then r.source end as source,
        n.full_text, n.full_key, n.tokens as name_tokens, n.family, n.is_complete,
        g.word as given, g.variants as given_variants, g.other_sex as given_other_sex, s.word as family_name, c.word as city, o.word as company, o.tokens as company_tokens,
        nullif(lower(r.email), '') as email,
        nullif(regexp_replace(r.phone, '[^0-9]', '', 'g'), '') as phone,
        nullif(regexp_replace(lower(r.national_id), '[^0-9a-z]', '', 'g'), '') as national_id,
        r.birth_date, r.unionid, lower(r.job_title) as job_title, lower(r.province) as province,
        regexp_replace(nullif(regexp_replace(lower(r.postcode), '[^0-9a-z]', '', 'g'), ''), '^([0-9]{5})[0-9]{4}$', '\1') as postcode,
        nullif(trim(regexp_replace(lower(r.address), '[^\p{L}\p{N}]+', ' ', 'g')), '') as address
    from raw as r
    left join names as n on r.full_name = n.value
    left join givens as g on r.given_name = g.value
    left join surnames as s on r.surname = s.value
    left join cities as c on r.city = c.value
    left join companies as o on r.company = o.value
)
select
    *,
    -- GB: EC1A of EC1A 1BB; China: four digits of six, which are a city; elsewhere the first half: 606 of 60601
    case
        when regexp_matches(postcode, '^[a-z]{1,2}[0-9][0-9a-z]?[0-9][a-z]{2}$') then left(postcode, length(postcode) - 3)
        when regexp_matches(postcode, '^[0-9]{6}$') then left(postcode, 4)
        when regexp_matches(postcode, '^[a-z]{1,2}[0-9][0-9a-z]?$') then postcode
        else left(postcode, (length(postcode) + 1) // 2)
    end as postcode_area,
    case when is_complete then full_text end as full_name,
    case when is_complete then full_key end as name_key,
    split_part(email, '@', 1) as email_user,
    case when regexp_matches(split_part(email, '@', 1), '[0-9]{2}') and regexp_matches(split_part(email, '@', 1), '[a-z]{3}')
        then array_to_string(list_sort(string_split(regexp_replace(split_part(email, '@', 1), '[^0-9a-z]', '', 'g'), '')), '') end as email_letters,
    nullif(regexp_extract(address, '(^| )([0-9]+)', 2), '') as house,
    list_sort(list_distinct(string_split(trim(regexp_replace(address, '(^| )[0-9]+[a-z]?( |$)', ' ', '')), ' '))) as street_tokens,
    trim(regexp_replace(address, '(^| )[0-9]+[a-z]?( |$)', ' ', '')) as street
from parts
"""


def filled_shares(worker: DuckDBPyConnection) -> dict[str, float]:
    """The share of records that fill each feature."""
    columns = [row[0] for row in worker.execute("describe features").fetchall()]
    counts = ", ".join(f"count({c}) / count(*)" for c in columns)
    return dict(
        zip(columns, worker.execute(f"select {counts} from features").fetchall()[0], strict=True)
    )

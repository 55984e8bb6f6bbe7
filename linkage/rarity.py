"""Words weigh by their rarity: two records that share `montessori` say more than two that share
`school`.
"""

from duckdb import DuckDBPyConnection

# : The share of the lighter record's word weight that both records have; null when a side has no
# words.
SHARED_WEIGHT = """
create macro shared_weight(a, b) as
    case when not list_has_any(a, b) and len(a) > 0 and len(b) > 0 then 0.0
    when len(a) > 0 and len(b) > 0 then
        coalesce(list_sum(list_transform(list_intersect(a, b), lambda e: e.weight)), 0)
        / least(list_sum(list_transform(a, lambda e: e.weight)), list_sum(list_transform(b,
            lambda e: e.weight))) end
"""


def weigh_words(worker: DuckDBPyConnection, column: str) -> None:
    """Turns a column of word lists in `features` into lists of (word, weight), weight = log of 1 /
    share of records.
    """
    worker.execute(f"""
        create or replace temp table weighed as
        with words as (select record_key, unnest({column}) as word from features),
        counts as (select word, log2(1 + (select count(*) from features) / count(*)) as weight
            from words group by word)
        select record_key, list({{'word': word, 'weight': weight}} order by word) as words
        from words join counts using (word) group by record_key""")
    worker.execute(
        f"""
        create or replace table features as
        select f.* exclude ({column}), w.words as {column} from features f left
            join weighed w using (record_key)"""
    )


def weigh_all(worker: DuckDBPyConnection) -> None:
    worker.execute(SHARED_WEIGHT)
    for column in ("name_tokens", "street_tokens", "company_tokens"):
        weigh_words(worker, column)

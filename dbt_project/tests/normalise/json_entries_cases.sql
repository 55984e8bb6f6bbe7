{% set cases = [
    ('{"a": "x"}', 'a=x'), ('{"a": "x", "b": "y"}', 'a=x b=y'), ('{"a": null, "b": "y"}', 'a=- b=y'), ('{"a/b": "x"}', 'a/b=x'), ('{"a~b": "x"}', 'a~b=x'),
    ('{"a b": "x y"}', 'a b=x y'), ('{"等级": "金"}', '等级=金'), ('{"a": 1}', 'a=1'), ('{"a": true}', 'a=true'), ('{}', none), (none, none),
    ('{"a#1": "x", "a#2#list": "y;z"}', 'a#1=x a#2#list=y;z'), ('{"a": "\\u4e2d"}', 'a=中'), ('{"$.a": "x"}', '$.a=x'), ('{"a.b": "x"}', 'a.b=x'), ('{"a\'b": "x"}', "a'b=x"),
    ('{"a": "1"}', 'a=1'), ('{"a": ""}', 'a='), ('{"A": "x", "a": "y"}', 'A=x a=y'), ('{"a": "{}"}', 'a={}'),
] %}
with cases as (
    {{ sluice.case_rows(cases) }}
),

entries as (
    {{ sluice.json_entries('cases', ['input', 'expected'], 'input') }}
),

joined as (
    select input, {{ sluice.joined_texts("entry_name || '=' || coalesce(entry_value, '-')", ' ', 'entry_name') }} as actual
    from entries
    group by input
)

select cases.input, cases.expected, joined.actual
from cases
left join joined on cases.input = joined.input
where coalesce(joined.actual, '<null>') <> coalesce(cases.expected, '<null>')

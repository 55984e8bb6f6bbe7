-- Every row is a number that comes out wrong. At six decimals, decimal(18, 6) has no room for 1e12.
with numbers as (
    {% for number, expected in [('null', 'null'), ('0.12345678', '0.123457'), ('1e12', '1e11'), ('-1e12', '-1e11'), ('1e300', '1e11')] %}
    select
        cast({{ number }} as {{ sluice.type_double() }}) as number,
        cast({{ expected }} as {{ sluice.type_double() }}) as expected
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

cases as (
    select number, expected, {{ sluice.rounded('number', 6) }} as actual from numbers
)

select * from cases
where actual <> expected or (actual is null and expected is not null) or (actual is not null and expected is null)

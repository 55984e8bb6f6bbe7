{% if sluice.is_for_one_use() %}
select {{ sluice.as_of() }} as last_moment
{% else %}
with moments as (
    select stated_at as moment from {{ ref('int_consent_readings') }}
    union all
    select kept_since as moment from {{ ref('int_consent_readings') }}
    union all
    select first_seen_at as moment from {{ ref('int_consent_statements') }}
    union all
    select coalesce(counts_from, stated_at) as moment from {{ ref('int_consent_statements') }}
    union all
    select stated_at as moment from {{ ref('int_person_statements') }}
),

final as (
    select max(moment) as last_moment
    from moments
    where moment <= {{ sluice.as_of() }}
)

select * from final
{% endif %}

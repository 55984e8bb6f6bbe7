{% if sluice.is_for_one_use() %}
select {{ sluice.as_of() }} as last_recorded_at, {{ sluice.as_of() }} as last_occurred_at
{% else %}
select
    max(case when recorded_at <= {{ sluice.as_of() }} then recorded_at end) as last_recorded_at,
    max(case when occurred_at <= {{ sluice.as_of() }} then occurred_at end) as last_occurred_at
from {{ ref('int_events') }}
{% endif %}

{% set windows = [1, 7, 30] %}

with sizes as (
    select
        segment,
        count(*) as contact_count,
        sum(case when is_held_out then 1 else 0 end) as held_out_count,
        sum(case when outranked_by is not null then 1 else 0 end) as outranked_count
    from {{ ref('segment_members') }}
    group by segment
),

changes as (
    select
        segment,
        min(changed_at) as first_at,
        {% for days in windows %}
        {% for change in ['entered', 'exited'] %}
        count(case when change = '{{ change }}' and changed_at > {{ sluice.days_before(days) }} then 1 end) as {{ change }}_{{ days }}_days_count,
        {% endfor %}
        {% endfor %}
        max(changed_at) as last_at
    from {{ ref('segment_changes') }}
    group by segment
),

final as (
    -- a segment that nobody is in now, or ever was, is a row too
    select
        r.segment,
        coalesce(s.contact_count, 0) as contact_count,
        cast(coalesce(s.held_out_count, 0) as bigint) as held_out_count,
        cast(coalesce(s.outranked_count, 0) as bigint) as outranked_count,
        {% for days in windows %}
        {% for change in ['entered', 'exited'] %}
        coalesce(c.{{ change }}_{{ days }}_days_count, 0) as {{ change }}_{{ days }}_days_count,
        {% endfor %}
        {% endfor %}
        c.first_at as known_since,
        c.last_at as last_changed_at
    from {{ ref('segment_rules') }} as r
    left join sizes as s on r.segment = s.segment
    left join changes as c on r.segment = c.segment
)

select * from final

-- depends_on: {{ ref("contact_events") }}
{% set rule = sluice.handover_rule() %}

with handovers as (
    {% if rule.score %}
    select coalesce(a.contact_id, h.contact_id) as contact_id, h.changed_at as handed_over_at
    from {{ ref('score_changes') }} as h
    left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
    where
        h.score_model = {{ sluice.text_literal(rule.score[0]) }}
        and h.previous_total < {{ rule.score[1] | int }} and h.total >= {{ rule.score[1] | int }}
    union all
    {% endif %}
    {% if rule.event %}
    select e.contact_id, e.occurred_at as handed_over_at
    from {{ ref('contact_events') }} as e
    where not e.is_machine and e.event_type = {{ sluice.text_literal(rule.event) }}{{ sluice.journey_filter(rule.where) }}
    union all
    {% endif %}
    select contact_id, ordered_at as handed_over_at from {{ ref('int_journey_orders') }} where 1 = 0
),

releases as (
    select contact_id, max(ordered_at) as released_at
    from {{ ref('int_journey_orders') }}
    where action = 'release'
    group by contact_id
),

final as (
    select
        h.contact_id,
        min(case when r.released_at is null or h.handed_over_at > r.released_at then h.handed_over_at end) as handed_over_at,
        max(r.released_at) as released_at
    from handovers as h
    left join releases as r on h.contact_id = r.contact_id
    where
        h.handed_over_at <= {{ sluice.as_of() }}
        {% if rule.since %}
        and {{ sluice.from_utc('h.handed_over_at', sluice.setting('time_zone')) }} >= cast('{{ rule.since }}' as timestamp)
        {% endif %}

    group by h.contact_id
)

select * from final

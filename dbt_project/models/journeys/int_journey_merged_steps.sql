{% set history, by_reentry = sluice.existing_relation('journey_transitions'), sluice.journeys_by_reentry() %}
with standing as (
    -- of contacts that a merge made
    select s.*
    from {{ ref('int_journey_standing') }} as s
    where s.contact_id in (select a.contact_id from {{ ref('contact_aliases') }} as a)
),

merged_enrolments as (
    select s.enrolment_id, o.enrolment_id as other_id
    from standing as s
    inner join standing as o on s.journey = o.journey and s.contact_id = o.contact_id and s.enrolment_id <> o.enrolment_id
    where
        s.node is not null and s.journey not in ('{{ by_reentry.each | join("', '") }}')
        and (o.node is not null or o.arrived_at > s.entered_at or s.journey in ('{{ by_reentry.never | join("', '") }}'))
),

final as (
    {% if history %}
    select m.enrolment_id, h.from_node as node
    from merged_enrolments as m
    inner join {{ history }} as h on m.other_id = h.enrolment_id
    where
        h.reason in (
            'sent', 'done_before_merge', 'add_tag', 'remove_tag', 'points', 'enter', 'leave',
            'add_to', 'remove_from', 'call', 'give_coupon', 'assign'
        )
        and h.recorded_at < {{ sluice.as_of() }}{{ sluice.of_a_run('h.recorded_at') }}
    union
    {% endif %}
    select m.enrolment_id, j.node
    from merged_enrolments as m
    inner join {{ ref('int_journey_messages') }} as j on m.other_id = j.enrolment_id
    where j.sent_at is not null
)

select * from final

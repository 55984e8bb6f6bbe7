with rules as (
    select * from "warehouse"."seeds"."score_rules"
),

score_behaviour as (
    select e.contact_id, r.score_model, r.rule
    from rules as r
    inner join "warehouse"."contacts"."contact_events" as e
        on r.event_type = e.event_type
        and (r.subject is null or r.subject = e.subject)
        and cast(cast(cast('2026-11-24 16:16:15' as timestamp) as date) - cast(e.occurred_at as date) as integer) < r.within_days
    where r.kind = 'engagement' and not e.is_machine
    group by e.contact_id, r.score_model, r.rule, r.at_least
    having count(*) >= r.at_least
),

score_fit as (
    select v.contact_id, r.score_model, r.rule
    from rules as r
    inner join "warehouse"."contacts"."int_contact_values" as v
        on r.attribute = v.attribute and lower(v.attribute_value) like r.value_like
    where r.kind = 'fit' and v.value_rank = 1
),

matches as (
    select * from score_behaviour
    union all
    select * from score_fit
),

final as (
    select m.contact_id, m.score_model, m.rule, r.kind, r.points, r.reason_en, r.reason_zh
    from matches as m
    inner join rules as r on m.score_model = r.score_model and m.rule = r.rule
)

select * from final
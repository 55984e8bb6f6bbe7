with manual_tags as (
    {{ sluice.seed_rows('manual_tags') }}
),

past_actions as (
    {{ sluice.past_journey_actions() }}
),

statements as (
    select m.contact_id, t.tag, t.action, t.reason_en, t.reason_zh, t.tagged_at, 'manual' as origin
    from manual_tags as t
    inner join {{ ref('identity_map') }} as m
        on {{ sluice.source_key('t.source') }} = {{ sluice.source_key('m.source') }} and t.record_id = m.record_id
    where t.tagged_at <= {{ sluice.as_of() }}
    union all
    select
        contact_id,
        subject as tag,
        case action when 'add_tag' then 'add' else 'remove' end as action,
        'journey ' || journey as reason_en,
        '旅程 ' || journey as reason_zh,
        acted_at as tagged_at,
        'journey' as origin
    from past_actions
    where action in ('add_tag', 'remove_tag')
),

by_hand as (
    select *, row_number() over (partition by contact_id, tag order by tagged_at desc, action desc, origin desc, reason_en asc) as statement_rank
    from statements
),

final as (
    select contact_id, tag, origin, reason_en, reason_zh
    from by_hand
    where statement_rank = 1 and action = 'add'
    union all
    select r.contact_id, r.tag, 'rule' as origin, r.reason_en, r.reason_zh
    from {{ ref('int_rule_tags') }} as r
    left join by_hand as h on r.contact_id = h.contact_id and r.tag = h.tag and h.statement_rank = 1
    where h.tag is null
)

select * from final

with manual_tags as (
    {{ sluice.seed_rows('manual_tags') }}
),

by_hand as (
    select
        m.contact_id,
        t.tag,
        t.action,
        t.reason_en,
        t.reason_zh,
        row_number() over (partition by m.contact_id, t.tag order by t.tagged_at desc, t.action desc) as statement_rank
    from manual_tags as t
    inner join {{ ref('identity_map') }} as m
        on {{ sluice.source_key('t.source') }} = {{ sluice.source_key('m.source') }} and t.record_id = m.record_id
    where t.tagged_at <= {{ sluice.as_of() }}
),

final as (
    select contact_id, tag, 'manual' as origin, reason_en, reason_zh
    from by_hand
    where statement_rank = 1 and action = 'add'
    union all
    select r.contact_id, r.tag, 'rule' as origin, r.reason_en, r.reason_zh
    from {{ ref('int_rule_tags') }} as r
    left join by_hand as h on r.contact_id = h.contact_id and r.tag = h.tag and h.statement_rank = 1
    where h.tag is null
)

select * from final

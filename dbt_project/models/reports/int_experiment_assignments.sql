with experiments as (
    select * from {{ ref('int_experiments') }}
),

splits as (
    select e.experiment, e.starts_on, t.contact_id, t.to_node as arm, t.moved_at as assigned_at
    from {{ ref('journey_transitions') }} as t
    inner join experiments as e on t.journey = e.journey and t.from_node = e.node
    where t.reason = 'split' and t.to_node is not null
),

entries as (
    select segment, contact_id, min(changed_at) as assigned_at
    from {{ ref('segment_changes') }}
    where change = 'entered'
    group by segment, contact_id
),

holdouts as (
    -- the log of who was held out is written in the run of the entry, before any message
    select
        e.experiment,
        e.starts_on,
        n.contact_id,
        case when h.contact_id is null then 'contacted' else 'held_out' end as arm,
        n.assigned_at
    from entries as n
    inner join experiments as e on n.segment = e.segment
    left join {{ ref('segment_holdouts') }} as h
        on n.segment = h.segment and n.contact_id = h.contact_id and n.assigned_at = h.changed_at and h.change = 'entered'
),

variants as (
    select e.experiment, e.starts_on, v.contact_id, v.variant as arm, v.assigned_at
    from {{ ref('variant_assignments') }} as v
    inner join experiments as e on v.campaign = e.campaign
),

assignments as (
    select * from splits
    union all
    select * from holdouts
    union all
    select * from variants
),

rank_assignments as (
    -- one unit is one contact, whatever its ids were
    select
        s.experiment,
        s.starts_on,
        coalesce(a.contact_id, s.contact_id) as contact_id,
        s.arm,
        s.assigned_at,
        row_number() over (
            partition by s.experiment, coalesce(a.contact_id, s.contact_id) order by s.assigned_at asc, s.arm asc
        ) as assignment_rank,
        min(s.arm) over (partition by s.experiment, coalesce(a.contact_id, s.contact_id))
        <> max(s.arm) over (partition by s.experiment, coalesce(a.contact_id, s.contact_id)) as is_in_several_arms
    from assignments as s
    left join {{ ref('contact_aliases') }} as a on s.contact_id = a.retired_contact_id
),

final as (
    select experiment, contact_id, arm, assigned_at, is_in_several_arms
    from rank_assignments
    where
        assignment_rank = 1
        and (starts_on is null or cast(cast({{ sluice.from_utc('assigned_at', var('time_zone')) }} as date) as {{ dbt.type_string() }}) >= starts_on)
)

select * from final

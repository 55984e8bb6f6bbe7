{# The balance of a team: whose share is how far from an even one. #}
with owned as (
    select
        owner_id,
        max(team) as team,
        count(*) as contact_count,
        count(assigned_at) as assigned_count
    from {{ ref('contact_owners') }}
    group by owner_id
),

followed as (
    select
        o.owner_id,
        count(*) as handed_over_count,
        count(f.is_in_time) as due_count,
        cast(coalesce(sum(f.is_in_time), 0) as bigint) as in_time_count
    from {{ ref('int_follow_ups') }} as f
    inner join {{ ref('contact_owners') }} as o on f.contact_id = o.contact_id
    group by o.owner_id
),

final as (
    select
        o.owner_id,
        o.team,
        o.contact_count,
        o.assigned_count,
        cast(o.contact_count as {{ sluice.type_double() }}) / avg(o.contact_count) over (partition by o.team) as share_of_even,
        f.handed_over_count,
        f.due_count,
        f.in_time_count,
        cast(f.in_time_count as {{ sluice.type_double() }}) / nullif(f.due_count, 0) as in_time_rate
    from owned as o
    left join followed as f on o.owner_id = f.owner_id
)

select * from final

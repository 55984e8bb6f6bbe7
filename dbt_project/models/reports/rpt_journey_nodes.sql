with moves as (
    select
        *,
        lead(moved_at) over (partition by enrolment_id order by step asc) as left_at
    from {{ ref('journey_transitions') }}
),

nodes as (
    -- a node that nobody reached is a row too
    select journey, cast(version as integer) as version, node from {{ ref('int_journey_definitions') }}
    union
    select journey, cast(version as integer) as version, to_node as node from moves where to_node is not null
),

arrivals as (
    select
        journey,
        version,
        to_node as node,
        count(distinct enrolment_id) as reached_count,
        percentile_cont(0.5) within group (
            order by {{ sluice.epoch_seconds('left_at') }} - {{ sluice.epoch_seconds('moved_at') }}
        ) as median_seconds
    from moves
    where to_node is not null
    group by journey, version, to_node
),

departures as (
    select
        journey,
        version,
        from_node as node,
        count(case when to_node is null and reason = 'goal' then 1 end) as goal_count,
        count(case when to_node is null and (reason is null or reason <> 'goal') then 1 end) as ended_count
    from moves
    where from_node is not null
    group by journey, version, from_node
),

standing as (
    select journey, version, node, count(*) as standing_count from {{ ref('journey_positions') }} group by journey, version, node
),

messages as (
    select
        journey,
        journey_version as version,
        node,
        sum(sent_count) as sent_count,
        sum(held_back_count) as held_back_count,
        sum(converted_count) as converted_count
    from {{ ref('rpt_message_funnel') }}
    where journey is not null
    group by journey, journey_version, node
),

final as (
    select
        n.journey,
        n.version,
        n.node,
        coalesce(a.reached_count, 0) as reached_count,
        coalesce(s.standing_count, 0) as standing_count,
        coalesce(d.goal_count, 0) as goal_count,
        coalesce(d.ended_count, 0) as ended_count,
        cast(a.median_seconds as {{ sluice.type_double() }}) / 3600 as median_hours,
        cast(m.sent_count as bigint) as sent_count,
        cast(m.held_back_count as bigint) as held_back_count,
        cast(m.converted_count as bigint) as converted_count
    from nodes as n
    left join arrivals as a on n.journey = a.journey and n.version = a.version and n.node = a.node
    left join departures as d on n.journey = d.journey and n.version = d.version and n.node = d.node
    left join standing as s on n.journey = s.journey and n.version = s.version and n.node = s.node
    left join messages as m on n.journey = m.journey and n.version = m.version and n.node = m.node
)

select * from final

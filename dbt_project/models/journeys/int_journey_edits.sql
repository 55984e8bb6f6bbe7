{{ config(materialized='view') }}

with standing as (
    select enrolment_id, journey, version, node, recorded_at from {{ ref('int_journey_last_moves') }} where node is not null
),

written as (
    {{ sluice.journey_definition_rows() }}
),

versions as (
    select journey, version from written group by journey, version
),

rank_definitions as (
    -- what the node said in the run in which the contact came to it
    select s.enrolment_id, d.definition, row_number() over (partition by s.enrolment_id order by d.recorded_at desc) as definition_rank
    from standing as s
    inner join {{ ref('int_journey_definitions') }} as d on s.journey = d.journey and s.version = d.version and s.node = d.node
    where d.recorded_at <= s.recorded_at
),

moved as (
    select enrolment_id from {{ ref('journey_transitions') }} where recorded_at = {{ sluice.as_of() }} group by enrolment_id
),

edited as (
    select
        s.journey,
        s.version,
        s.node,
        case when v.version is null then 'version_removed' when w.node is null then 'node_removed' else 'node_changed' end as edit,
        d.definition as definition_before,
        w.definition as definition_now,
        case when m.enrolment_id is not null then 'moves_on' when w.node is null then 'stopped' else 'stays' end as outcome
    from standing as s
    left join written as w on s.journey = w.journey and s.version = w.version and s.node = w.node
    left join versions as v on s.journey = v.journey and s.version = v.version
    left join rank_definitions as d on s.enrolment_id = d.enrolment_id and d.definition_rank = 1
    left join moved as m on s.enrolment_id = m.enrolment_id
    where w.node is null or d.definition <> w.definition
),

final as (
    select journey, version, node, edit, definition_before, definition_now, outcome, cast(count(*) as bigint) as contacts
    from edited
    group by journey, version, node, edit, definition_before, definition_now, outcome
)

select * from final

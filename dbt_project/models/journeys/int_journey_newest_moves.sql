{{ config(materialized='view') }}

with kept as (
    select * from {{ ref('int_journey_last_moves') }}
),

moves as (
    -- of this run, and of passes of the fast lane since
    select * from {{ ref('journey_transitions') }}
    where recorded_at > (select coalesce(max(k.recorded_at), timestamp '1900-01-01') from kept as k)
),

{{ sluice.fold_moves() }}

select k.*
from kept as k
left join numbers as n on k.enrolment_id = n.enrolment_id
where n.enrolment_id is null
union all
select * from final

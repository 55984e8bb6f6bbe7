{{ config(materialized='view') }}

with places as (
    select * from {{ ref('int_journey_places') }}
),

final as (
    -- a wait that was edited, or a date that was moved since, ends by what holds now
    {{ sluice.places_by_now('places') }}
)

select * from final

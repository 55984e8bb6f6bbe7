with written_places as (
    -- few places stand on many records: each spelling is read once
    select province as written_place from {{ ref('int_clean_records') }} where province is not null
    union
    select city as written_place from {{ ref('int_clean_records') }} where city is not null
),

plain_places as (
    select written_place, {{ sluice.region_letters('written_place') }} as plain_place
    from written_places
    {{ sluice.computed_once() }}
),

trimmed_places as (
    select written_place, {{ sluice.trim_text('plain_place') }} as trimmed_place
    from plain_places
    {{ sluice.computed_once() }}
),

final as (
    select written_place, {{ sluice.null_for_none('trimmed_place') }} as region_key
    from trimmed_places
)

select * from final

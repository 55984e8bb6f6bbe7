with written_dates as (
    select record_key, {{ sluice.date_with_hyphens('birth_date') }} as date_to_check
    from {{ ref('int_clean_records') }}
    where birth_date is not null
    {{ sluice.computed_once() }}
),

final as (
    select record_key, {{ sluice.checked_date('date_to_check') }} as birth_date
    from written_dates
)

select * from final

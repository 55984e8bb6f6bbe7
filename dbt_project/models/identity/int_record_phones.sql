with phones as (
    select record_key, phone as written_phone, {{ sluice.phone_with_country('phone') }} as phone_to_check
    from {{ ref('int_clean_records') }}
    where phone is not null
    {{ sluice.computed_once() }}
),

final as (
    select
        record_key,
        {{ sluice.checked_phone('written_phone', 'phone_to_check') }} as phone,
        {{ sluice.phone_digits('written_phone') }} as phone_digits
    from phones
)

select * from final

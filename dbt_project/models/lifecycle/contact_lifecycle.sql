with measure_silence as (
    select
        contact_id,
        last_active_at,
        {{ days_between('coalesce(first_event_at, last_active_at)', as_of()) }} as days_known,
        {{ days_between('last_active_at', as_of()) }} as days_silent
    from {{ ref('contact_activity') }}
),

final as (
    select
        contact_id,
        case
            when days_silent >= {{ var('lifecycle_lost_days') }} then 'lost'
            when days_silent >= {{ var('lifecycle_dormant_days') }} then 'dormant'
            when days_known < {{ var('lifecycle_new_days') }} then 'new'
            else 'active'
        end as stage,
        last_active_at,
        days_silent,
        'no activity for ' || cast(days_silent as {{ dbt.type_string() }}) || ' days, known for '
            || cast(days_known as {{ dbt.type_string() }}) as reason
    from measure_silence
)

select * from final

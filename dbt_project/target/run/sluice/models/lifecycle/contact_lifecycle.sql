
    

    create  table
      "warehouse"."lifecycle"."contact_lifecycle__dbt_tmp"
  
    
    as (
      with measure_silence as (
    select
        contact_id,
        last_active_at,
        cast(cast(cast('2026-11-24 16:16:15' as timestamp) as date) - cast(coalesce(first_event_at, last_active_at) as date) as integer) as days_known,
        cast(cast(cast('2026-11-24 16:16:15' as timestamp) as date) - cast(last_active_at as date) as integer) as days_silent
    from "warehouse"."contacts"."contact_activity"
),

final as (
    select
        contact_id,
        case
            when days_silent >= 180 then 'lost'
            when days_silent >= 90 then 'dormant'
            when days_known < 30 then 'new'
            else 'active'
        end as stage,
        last_active_at,
        days_silent,
        'no activity for ' || cast(days_silent as TEXT) || ' days, known for '
            || cast(days_known as TEXT) as reason
    from measure_silence
)

select * from final
    );
    
  
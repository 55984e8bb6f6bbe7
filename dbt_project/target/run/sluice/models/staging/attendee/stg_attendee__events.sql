
  
  create view "warehouse"."staging"."stg_attendee__events__dbt_tmp" as (
    select
    
    'attendee' as source,
    cast(attendee_id as TEXT) as event_id,
    cast(case when checked_in then 'event_attended' else 'event_registered' end as TEXT) as event_type,
    ((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC') as occurred_at,
    coalesce(((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC'), ((registered_at at time zone 'Asia/Shanghai') at time zone 'UTC')) as recorded_at,
    cast('attendee' as TEXT) as record_source,
    cast(attendee_id as TEXT) as record_id,
    cast(null as TEXT) as cookie_id,
    cast(event_id as TEXT) as subject,
    cast(null as double precision) as amount,
    cast(null as TEXT) as currency,
    coalesce(false, false) as is_machine

from "warehouse"."raw"."src_attendee"
  );

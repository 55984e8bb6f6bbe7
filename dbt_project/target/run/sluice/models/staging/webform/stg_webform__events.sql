
  
  create view "warehouse"."staging"."stg_webform__events__dbt_tmp" as (
    select
    
    'webform' as source,
    cast(submission_id as TEXT) as event_id,
    cast('form_submitted' as TEXT) as event_type,
    ((submitted_at at time zone 'Asia/Shanghai') at time zone 'UTC') as occurred_at,
    coalesce(((submitted_at at time zone 'Asia/Shanghai') at time zone 'UTC'), ((submitted_at at time zone 'Asia/Shanghai') at time zone 'UTC')) as recorded_at,
    cast('webform' as TEXT) as record_source,
    cast(submission_id as TEXT) as record_id,
    cast(cookie_id as TEXT) as cookie_id,
    cast(form_name as TEXT) as subject,
    cast(null as double precision) as amount,
    cast(null as TEXT) as currency,
    coalesce(false, false) as is_machine

from "warehouse"."raw"."src_webform"
  );

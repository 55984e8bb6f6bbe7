select
    
    'crm' as source,
    cast(cast('0x' || substr(md5(coalesce(cast(crm_id as TEXT), '~null~') || '' || coalesce(cast(to_stage as TEXT), '~null~') || '' || coalesce(cast(changed_at as TEXT), '~null~')), 1, 15) as bigint) as TEXT) as event_id,
    cast('crm_stage_changed' as TEXT) as event_type,
    ((changed_at at time zone 'Asia/Shanghai') at time zone 'UTC') as occurred_at,
    coalesce(((changed_at at time zone 'Asia/Shanghai') at time zone 'UTC'), ((changed_at at time zone 'Asia/Shanghai') at time zone 'UTC')) as recorded_at,
    cast('crm' as TEXT) as record_source,
    cast(crm_id as TEXT) as record_id,
    cast(null as TEXT) as cookie_id,
    cast(to_stage as TEXT) as subject,
    cast(null as double precision) as amount,
    cast(null as TEXT) as currency,
    coalesce(false, false) as is_machine

from "warehouse"."raw"."ev_crm_stage"
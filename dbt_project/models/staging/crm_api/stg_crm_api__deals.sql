select
    crm,
    deal_id,
    name as deal_name,
    stage_id,
    coalesce(pipeline_id, '') as pipeline_id,
    nullif(owner_id, '') as owner_id,
    amount,
    upper(nullif(trim(currency), '')) as currency,
    case
        when {{ sluice.regexp_like('contact_key', '^-?([0-9]{1,18}|[1-8][0-9]{18}|9([01][0-9]|2[01])[0-9]{16})$') }}
            then cast(contact_key as bigint)
    end as contact_id,
    coalesce(is_deleted, false) as is_deleted,
    created_at,
    updated_at,
    landed_at
from {{ source('crm_api', 'deals') }}
where updated_at <= {{ sluice.as_of() }}

select
    crm,
    coalesce(pipeline_id, '') as pipeline_id,
    stage_id,
    label as stage_label,
    position as stage_position,
    is_closed,
    is_won
from {{ source('crm_api', 'stages') }}

with versions as (
    select * from {{ ref('stg_crm_api__deals') }}
),

stages as (
    select * from {{ ref('stg_crm_api__stages') }}
),

follow_versions as (
    select
        *,
        row_number() over (partition by crm, deal_id order by updated_at, landed_at, stage_id, owner_id) as version,
        lag(stage_id) over (partition by crm, deal_id order by updated_at, landed_at, stage_id, owner_id) as from_stage_id,
        lag(owner_id) over (partition by crm, deal_id order by updated_at, landed_at, stage_id, owner_id) as from_owner_id,
        lag(is_deleted) over (partition by crm, deal_id order by updated_at, landed_at, stage_id, owner_id) as was_deleted
    from versions
),

keep_changes as (
    select * from follow_versions
    where version = 1
        or coalesce(stage_id, '') <> coalesce(from_stage_id, '')
        or coalesce(owner_id, '') <> coalesce(from_owner_id, '')
        or is_deleted <> was_deleted
),

final as (
    select
        c.crm,
        c.deal_id,
        c.version,
        c.contact_id,
        c.from_stage_id,
        c.stage_id as to_stage_id,
        coalesce(s.stage_label, c.stage_id) as to_stage,
        coalesce(s.is_closed, false) as is_closed,
        coalesce(s.is_won, false) as is_won,
        c.from_owner_id,
        c.owner_id as to_owner_id,
        c.amount,
        c.currency,
        c.is_deleted,
        c.updated_at as changed_at
    from keep_changes as c
    left join stages as s on c.crm = s.crm and c.pipeline_id = s.pipeline_id and c.stage_id = s.stage_id
)

select * from final

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ sluice.rewind('entered_at') }}"
) }}

with campaigns as (
    select campaign, stage from {{ ref('int_campaigns') }}
),

{% if is_incremental() %}
rank_stages as (
    select *, row_number() over (partition by campaign order by entered_at desc) as stage_rank from {{ this }}
),
{% else %}
rank_stages as (
    select campaign, stage, 1 as stage_rank from campaigns where 1 = 0
),
{% endif %}

final as (
    select c.campaign, c.stage, {{ sluice.as_of() }} as entered_at
    from campaigns as c
    left join rank_stages as p on c.campaign = p.campaign and p.stage_rank = 1
    where p.stage is null or p.stage <> c.stage
)

select * from final

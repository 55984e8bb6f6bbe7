{{ config(pre_hook=sluice.allow_long_queries()) }}

with days as (
    select era, weeks, contact_id, days_ago, purchase_number from {{ ref('int_purchase_days') }}
),

final as (
    {{ sluice.purchase_parameters('days') }}
)

select * from final

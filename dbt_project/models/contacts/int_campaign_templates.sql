with final as (
    {{ sluice.campaign_templates() }}
)

select * from final

with candidates as (
    
    
    select
        'price_page_follow_up' as campaign,
        'email' as channel,
        'marketing' as purpose,
        'smtp' as destination,
        'price_page_follow_up' as template,
        contact_id,
        occurrence,
        context
    from "warehouse"."activation"."campaign_price_page_follow_up"
    
    
),

final as (
    select cast('0x' || substr(md5(coalesce(cast('message' as TEXT), '~null~') || '' || coalesce(cast(campaign as TEXT), '~null~') || '' || coalesce(cast(contact_id as TEXT), '~null~') || '' || coalesce(cast(occurrence as TEXT), '~null~')), 1, 15) as bigint) as message_id, *
    from candidates
)

select * from final
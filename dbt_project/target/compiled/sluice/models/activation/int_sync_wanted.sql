with wanted as (
    
    
    select
        'crm_contacts' as sync,
        contact_id as sync_key,
        cast('0x' || substr(md5(coalesce(cast(city as TEXT), '~null~') || '' || coalesce(cast(company as TEXT), '~null~') || '' || coalesce(cast(country as TEXT), '~null~') || '' || coalesce(cast(email as TEXT), '~null~') || '' || coalesce(cast(frequency_score as TEXT), '~null~') || '' || coalesce(cast(full_name as TEXT), '~null~') || '' || coalesce(cast(lead_score as TEXT), '~null~') || '' || coalesce(cast(lifecycle_stage as TEXT), '~null~') || '' || coalesce(cast(monetary_score as TEXT), '~null~') || '' || coalesce(cast(order_count as TEXT), '~null~') || '' || coalesce(cast(phone as TEXT), '~null~') || '' || coalesce(cast(recency_score as TEXT), '~null~')), 1, 15) as bigint) as row_hash
    from "warehouse"."activation"."sync_crm_contacts"
    
    
)

select * from wanted
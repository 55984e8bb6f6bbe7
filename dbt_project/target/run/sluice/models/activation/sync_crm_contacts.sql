
    

    create  table
      "warehouse"."activation"."sync_crm_contacts__dbt_tmp"
  
    
    as (
      with final as (
    select
        c.contact_id,
        c.email,
        c.phone,
        c.full_name,
        c.company,
        c.city,
        c.country,
        l.stage as lifecycle_stage,
        s.total as lead_score,
        a.order_count,
        r.recency_score,
        r.frequency_score,
        r.monetary_score
    from "warehouse"."contacts"."dim_contacts" as c
    inner join "warehouse"."lifecycle"."contact_lifecycle" as l on c.contact_id = l.contact_id
    inner join "warehouse"."scoring"."contact_scores" as s on c.contact_id = s.contact_id and s.score_model = 'lead'
    inner join "warehouse"."contacts"."contact_activity" as a on c.contact_id = a.contact_id
    left join "warehouse"."scoring"."contact_rfm" as r on c.contact_id = r.contact_id
    where l.stage <> 'lost' and not c.is_deleted
)

select * from final
    );
    
  

    

    create  table
      "warehouse"."scoring"."contact_scores__dbt_tmp"
  
    
    as (
      with models as (
    select distinct score_model from "warehouse"."seeds"."score_rules"
),

add_points as (
    select
        c.contact_id,
        m.score_model,
        cast(coalesce(sum(case when p.kind = 'fit' then p.points end), 0) as integer) as fit,
        cast(coalesce(sum(case when p.kind = 'engagement' then p.points end), 0) as integer) as engagement,
        cast(coalesce(sum(p.points), 0) as integer) as total
    from "warehouse"."contacts"."dim_contacts" as c
    cross join models as m
    left join "warehouse"."scoring"."score_contributions" as p on c.contact_id = p.contact_id and m.score_model = p.score_model
    group by c.contact_id, m.score_model
),

final as (
    select
        *,
        case when total >= 60 then 'hot' when total >= 30 then 'warm' else 'cold' end as band
    from add_points
)

select * from final
    );
    
  
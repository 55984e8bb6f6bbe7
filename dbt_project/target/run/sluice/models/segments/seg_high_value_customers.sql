
    

    create  table
      "warehouse"."segments"."seg_high_value_customers__dbt_tmp"
  
    
    as (
      select contact_id
from "warehouse"."scoring"."contact_rfm"
where frequency_score >= 4 and monetary_score = 5 and recency_score >= 3
    );
    
  

    

    create  table
      "warehouse"."contacts"."int_consent_statements__dbt_tmp"
  
    
    as (
      

with statements as (
    
    
    
    
    select * from "warehouse"."staging"."stg_consent__consents"
    union all
    
    select * from "warehouse"."staging"."stg_email__consents"
    union all
    
    select * from "warehouse"."staging"."stg_wechat__consents"
    
    

    
)

select * from statements
    );
    
  

-- Fixture for int_contact_values
select 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "record_id", cast(null as TIMESTAMP) as "updated_at", cast(null as BOOLEAN) as "is_deleted", 
    
    cast('job_title' as character varying)
 as "attribute", 
    
    cast('CEO' as character varying)
 as "attribute_value", 
    
    cast(1 as BIGINT)
 as "value_rank"
union all
select 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "record_id", cast(null as TIMESTAMP) as "updated_at", cast(null as BOOLEAN) as "is_deleted", 
    
    cast('job_title' as character varying)
 as "attribute", 
    
    cast('CEO' as character varying)
 as "attribute_value", 
    
    cast(2 as BIGINT)
 as "value_rank"
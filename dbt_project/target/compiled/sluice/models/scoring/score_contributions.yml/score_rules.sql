
-- Fixture for score_rules
select 
    
    cast('lead' as character varying)
 as "score_model", 
    
    cast('pricing' as character varying)
 as "rule", 
    
    cast('engagement' as character varying)
 as "kind", 
    
    cast('page_view' as character varying)
 as "event_type", 
    
    cast('/pricing' as character varying)
 as "subject", 
    
    cast(2 as INTEGER)
 as "at_least", 
    
    cast(30 as INTEGER)
 as "within_days", cast(null as character varying(256)) as "attribute", cast(null as character varying(256)) as "value_like", 
    
    cast(20 as INTEGER)
 as "points", cast(null as character varying(256)) as "reason_en", cast(null as character varying(256)) as "reason_zh"
union all
select 
    
    cast('lead' as character varying)
 as "score_model", 
    
    cast('chief' as character varying)
 as "rule", 
    
    cast('fit' as character varying)
 as "kind", cast(null as character varying(256)) as "event_type", cast(null as character varying(256)) as "subject", cast(null as INTEGER) as "at_least", cast(null as INTEGER) as "within_days", 
    
    cast('job_title' as character varying)
 as "attribute", 
    
    cast('ceo' as character varying)
 as "value_like", 
    
    cast(10 as INTEGER)
 as "points", cast(null as character varying(256)) as "reason_en", cast(null as character varying(256)) as "reason_zh"
with  __dbt__cte__int_consent_statements as (

-- Fixture for int_consent_statements
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C1' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('withdrawn' as character varying)
 as "status", 
    
    cast('2026-02-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('webform' as character varying)
 as "record_source", 
    
    cast('F1' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('shop' as character varying)
 as "record_source", 
    
    cast('B1' as character varying)
 as "record_id", 
    
    cast('sms' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C2' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-02-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C2' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('denied' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C3' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", 
    
    cast('2026-03-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
union all
select 
    
    cast('crm' as character varying)
 as "record_source", 
    
    cast('C3' as character varying)
 as "record_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('withdrawn' as character varying)
 as "status", 
    
    cast('2026-07-01 00:00:00' as TIMESTAMP)
 as "stated_at", cast(null as character varying(256)) as "proof"
),  __dbt__cte__identity_map as (

-- Fixture for identity_map
select 
    
    cast('crm' as character varying)
 as "source", 
    
    cast('C1' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(1 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('webform' as character varying)
 as "source", 
    
    cast('F1' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(1 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('shop' as character varying)
 as "source", 
    
    cast('B1' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(1 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('crm' as character varying)
 as "source", 
    
    cast('C2' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(2 as BIGINT)
 as "contact_id"
union all
select 
    
    cast('crm' as character varying)
 as "source", 
    
    cast('C3' as character varying)
 as "record_id", cast(null as BIGINT) as "record_key", 
    
    cast(3 as BIGINT)
 as "contact_id"
), statements as (
    select * from __dbt__cte__int_consent_statements
),

resolve_contacts as (
    select m.contact_id, s.*
    from statements as s
    inner join __dbt__cte__identity_map as m on s.record_source = m.source and s.record_id = m.record_id
    where s.stated_at <= cast('2026-06-29 13:00:00' as timestamp)
),

rank_statements as (
    -- at the same moment the stricter statement wins
    select
        *,
        row_number() over (
            partition by contact_id, channel, purpose
            order by
                case when status = 'withdrawn' then 0 else 1 end asc,
                stated_at desc, case status when 'withdrawn' then 0 when 'denied' then 1 else 2 end asc, record_source asc, record_id asc
        ) as statement_rank
    from resolve_contacts
),

final as (
    select contact_id, channel, purpose, status, stated_at, proof, record_source, record_id
    from rank_statements
    where statement_rank = 1
)

select * from final
with  __dbt__cte__int_message_candidates as (

-- Fixture for int_message_candidates
select 
    
    cast(1 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(1 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(2 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(2 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(3 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(3 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(4 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(4 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(5 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(5 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(6 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(6 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(7 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(7 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(8 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(8 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(9 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('transactional' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(4 as BIGINT)
 as "contact_id", 
    
    cast('order' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(10 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(10 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
union all
select 
    
    cast(11 as BIGINT)
 as "message_id", 
    
    cast('c' as character varying)
 as "campaign", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", cast(null as character varying(256)) as "destination", cast(null as character varying(256)) as "template", 
    
    cast(11 as BIGINT)
 as "contact_id", 
    
    cast('once' as character varying)
 as "occurrence", cast(null as character varying(256)) as "context"
),  __dbt__cte__dim_contacts as (

-- Fixture for dim_contacts
select 
    
    cast(1 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('a@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(2 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast(null as character varying(256))
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(3 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('c@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(4 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('d@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(5 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('e@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(6 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('f@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(7 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('g@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(8 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('h@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(True as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(10 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('j@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
union all
select 
    
    cast(11 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "full_name", cast(null as character varying(256)) as "full_name_source", cast(null as TIMESTAMP) as "full_name_updated_at", 
    
    cast('a@shop.cn' as character varying)
 as "email", cast(null as character varying(256)) as "email_source", cast(null as TIMESTAMP) as "email_updated_at", cast(null as character varying(256)) as "phone", cast(null as character varying(256)) as "phone_source", cast(null as TIMESTAMP) as "phone_updated_at", cast(null as character varying(256)) as "unionid", cast(null as character varying(256)) as "unionid_source", cast(null as TIMESTAMP) as "unionid_updated_at", cast(null as character varying(256)) as "company", cast(null as character varying(256)) as "company_source", cast(null as TIMESTAMP) as "company_updated_at", cast(null as character varying(256)) as "job_title", cast(null as character varying(256)) as "job_title_source", cast(null as TIMESTAMP) as "job_title_updated_at", cast(null as character varying(256)) as "province", cast(null as character varying(256)) as "province_source", cast(null as TIMESTAMP) as "province_updated_at", cast(null as character varying(256)) as "city", cast(null as character varying(256)) as "city_source", cast(null as TIMESTAMP) as "city_updated_at", cast(null as character varying(256)) as "country", cast(null as character varying(256)) as "country_source", cast(null as TIMESTAMP) as "country_updated_at", cast(null as character varying(256)) as "acquisition_source", cast(null as character varying(256)) as "acquisition_source_source", cast(null as TIMESTAMP) as "acquisition_source_updated_at", cast(null as character varying(256)) as "owner_id", cast(null as character varying(256)) as "owner_id_source", cast(null as TIMESTAMP) as "owner_id_updated_at", cast(null as character varying(256)) as "language", cast(null as BIGINT) as "record_count", cast(null as BIGINT) as "source_count", 
    
    cast(False as BOOLEAN)
 as "is_deleted", cast(null as TIMESTAMP) as "created_at", cast(null as TIMESTAMP) as "updated_at"
),  __dbt__cte__contact_events as (

-- Fixture for contact_events
select cast(null as BIGINT) as "event_key", 
    
    cast(5 as BIGINT)
 as "contact_id", cast(null as character varying(256)) as "source", cast(null as character varying(256)) as "event_id", 
    
    cast('email_bounced' as character varying)
 as "event_type", 
    
    cast('2026-06-01 00:00:00' as TIMESTAMP)
 as "occurred_at", cast(null as TIMESTAMP) as "recorded_at", cast(null as character varying(256)) as "subject", cast(null as DOUBLE) as "amount", cast(null as character varying(256)) as "currency", cast(null as BOOLEAN) as "is_machine"
),  __dbt__cte__contact_consents as (

-- Fixture for contact_consents
select 
    
    cast(1 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(2 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(4 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('withdrawn' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(5 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(6 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(7 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(8 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(10 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
union all
select 
    
    cast(11 as BIGINT)
 as "contact_id", 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('marketing' as character varying)
 as "purpose", 
    
    cast('granted' as character varying)
 as "status", cast(null as TIMESTAMP) as "stated_at", cast(null as character varying(256)) as "proof", cast(null as character varying(256)) as "record_source", cast(null as character varying(256)) as "record_id"
),  __dbt__cte__ledger__suppressions as (

-- Fixture for suppressions
select 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('22664ec69c40e717b764fc1007f4a60b2356321dd6e20582b7782d479e90b421' as character varying)
 as "address_hash", 
    
    cast('complained' as character varying)
 as "reason", cast(null as BIGINT) as "delivery_id", cast(null as TIMESTAMP) as "created_at"
),  __dbt__cte__int_delivery_states as (

-- Fixture for int_delivery_states
select 
    
    cast(7 as BIGINT)
 as "delivery_id", cast(null as character varying(256)) as "activation", cast(null as character varying(256)) as "kind", 
    
    cast('accepted' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as TIMESTAMP) as "occurred_at"
union all
select 
    
    cast(10 as BIGINT)
 as "delivery_id", cast(null as character varying(256)) as "activation", cast(null as character varying(256)) as "kind", 
    
    cast('unknown' as character varying)
 as "state", cast(null as character varying(256)) as "reason", cast(null as TIMESTAMP) as "occurred_at"
), candidates as (
    select * from __dbt__cte__int_message_candidates
),

find_addresses as (
    select
        m.*,
        c.full_name,
        c.language,
        c.is_deleted,
        case m.channel when 'email' then c.email when 'sms' then c.phone when 'wechat' then c.unionid end as address
    from candidates as m
    inner join __dbt__cte__dim_contacts as c on m.contact_id = c.contact_id
),

hash_addresses as (
    select *, sha256(address) as address_hash from find_addresses
),

bounced_contacts as (
    select distinct contact_id, 'email' as channel
    from __dbt__cte__contact_events
    where event_type = 'email_bounced' and occurred_at > cast('2026-06-29 13:00:00' as timestamp) - interval '180' day
),

gather_evidence as (
    select
        m.*,
        s.status as consent_status,
        b.contact_id is not null as has_bounced,
        x.reason as suppression_reason,
        d.state as delivery_state
    from hash_addresses as m
    left join __dbt__cte__contact_consents as s
        on m.contact_id = s.contact_id and m.channel = s.channel and m.purpose = s.purpose
    left join bounced_contacts as b on m.contact_id = b.contact_id and m.channel = b.channel
    left join __dbt__cte__ledger__suppressions as x on m.channel = x.channel and m.address_hash = x.address_hash
    left join __dbt__cte__int_delivery_states as d on m.message_id = d.delivery_id
),


find_reason as (
    select
        *,
        case
            when delivery_state in ('accepted', 'delivered', 'bounced', 'complained') then 'already_sent'
            when delivery_state = 'unknown' then 'outcome_unknown'
            when delivery_state = 'failed' then 'failed_before'
            when is_deleted then 'contact_deleted'
            when address is null then 'no_address'
            when suppression_reason is not null then suppression_reason
            when has_bounced then 'bounced'
            when purpose = 'marketing' and consent_status = 'withdrawn' then 'withdrawn'
            when purpose = 'marketing' and coalesce(consent_status, 'none') <> 'granted' then 'no_consent'
            else 'due'
        end as reason
    from gather_evidence
),

decide as (
    select
        *,
        case when reason = 'due' then 'send' when reason = 'outcome_unknown' then 'hold' else 'suppress' end as decision,
        -- two candidates with one address get one message: the smaller message_id
        row_number() over (
            partition by campaign, occurrence, address, case when reason = 'due' then 1 else 0 end order by message_id
        ) as address_rank
    from find_reason
),

final as (
    select
        message_id,
        campaign,
        channel,
        purpose,
        destination,
        template,
        contact_id,
        occurrence,
        case when reason = 'due' and address_rank > 1 then 'suppress' else decision end as decision,
        case when reason = 'due' and address_rank > 1 then 'duplicate_address' else reason end as reason,
        address,
        address_hash,
        full_name,
        language,
        context,
        cast('2026-06-29 13:00:00' as timestamp) as decided_at
    from decide
)


select * from final
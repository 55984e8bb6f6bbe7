
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

    

    create  table
      "warehouse"."identity"."int_contact_records__dbt_tmp"
  
    
    as (
      with records as (
    
    
    
    select * from "warehouse"."staging"."stg_attendee__contacts"
    union all
    
    select * from "warehouse"."staging"."stg_crm__contacts"
    union all
    
    select * from "warehouse"."staging"."stg_shop__contacts"
    union all
    
    select * from "warehouse"."staging"."stg_webform__contacts"
    union all
    
    select * from "warehouse"."staging"."stg_wechat__contacts"
    
    

),

rank_versions as (
    select
        *,
        row_number() over (partition by source, record_id order by updated_at desc, created_at desc) as version_rank
    from records
    where created_at <= cast('2026-11-24 16:16:15' as timestamp)
),

final as (
    select
        cast('0x' || substr(md5(coalesce(cast(source as TEXT), '~null~') || '' || coalesce(cast(record_id as TEXT), '~null~')), 1, 15) as bigint) as record_key,
        source,
        record_id,
        full_name,
        
    
    case
        when regexp_matches(regexp_replace(regexp_replace(translate(phone, '０１２３４５６７８９＋', '0123456789+'), '[.]0$', '', 'g'), '[^0-9]', '', 'g'), '^(0086|86)?1[3-9][0-9]{9}$') then '+86' || right(regexp_replace(regexp_replace(translate(phone, '０１２３４５６７８９＋', '0123456789+'), '[.]0$', '', 'g'), '[^0-9]', '', 'g'), 11)
        when regexp_matches(translate(phone, '０１２３４５６７８９＋', '0123456789+'), '^ *[+]') and regexp_matches(regexp_replace(regexp_replace(translate(phone, '０１２３４５６７８９＋', '0123456789+'), '[.]0$', '', 'g'), '[^0-9]', '', 'g'), '^[1-9][0-9]{7,14}$')
            and not regexp_matches(regexp_replace(regexp_replace(translate(phone, '０１２３４５６７８９＋', '0123456789+'), '[.]0$', '', 'g'), '[^0-9]', '', 'g'), '^86') then '+' || regexp_replace(regexp_replace(translate(phone, '０１２３４５６７８９＋', '0123456789+'), '[.]0$', '', 'g'), '[^0-9]', '', 'g')
    end as phone,
        
    
    
    case when regexp_matches(regexp_replace(regexp_replace(translate(lower(email), '＠．；', '@.;'), '(mailto:|[ 	;　])', '', 'g'), '[+][^@]*@', '@', 'g'), '^[a-z0-9._%-]+@[a-z0-9.-]+[.][a-z]{2,}$') then regexp_replace(regexp_replace(translate(lower(email), '＠．；', '@.;'), '(mailto:|[ 	;　])', '', 'g'), '[+][^@]*@', '@', 'g') end as email,
        unionid,
        cookie_id,
        company,
        job_title,
        province,
        city,
        country,
        acquisition_source,
        owner_id,
        is_deleted,
        created_at,
        updated_at
    from rank_versions
    where version_rank = 1
)

select * from final
    );
    
  

    

    create  table
      "warehouse"."identity"."int_record_identifiers__dbt_tmp"
  
    
    as (
      with records as (
    select * from "warehouse"."identity"."int_contact_records"
),

list_identifiers as (
    
    
    select record_key, 'email' as identifier_type, email as identifier_value
    from records
    where email is not null
    union all
    
    
    select record_key, 'phone' as identifier_type, phone as identifier_value
    from records
    where phone is not null
    union all
    
    
    select record_key, 'unionid' as identifier_type, unionid as identifier_value
    from records
    where unionid is not null
    union all
    
    
    select record_key, 'cookie' as identifier_type, cookie_id as identifier_value
    from records
    where cookie_id is not null
    
    
),

count_records as (
    select identifier_type, identifier_value, count(*) as record_count
    from list_identifiers
    group by identifier_type, identifier_value
),

final as (
    select
        l.record_key,
        cast('0x' || substr(md5(coalesce(cast(l.identifier_type as TEXT), '~null~') || '' || coalesce(cast(l.identifier_value as TEXT), '~null~')), 1, 15) as bigint) as identifier_key,
        l.identifier_type,
        l.identifier_value,
        c.record_count,
        
    
    case
        when l.identifier_type = 'email' and regexp_matches(split_part(l.identifier_value, '@', 1), '^(info|sales|hr|admin|contact|service|support|marketing|office)$') then 'role'
        when l.identifier_type = 'email' and (split_part(l.identifier_value, '@', 1) = split_part(split_part(l.identifier_value, '@', 2), '.', 1)
            or regexp_matches(split_part(l.identifier_value, '@', 1), '^(test|x+|abc|none|null|na|no|1+|12|123|1234|12345|123456|1234567|12345678)$')) then 'fake'
        when l.identifier_type = 'phone'
            and regexp_matches(l.identifier_value, '^[+]861[0-9]{2}(0{8}|1{8}|2{8}|3{8}|4{8}|5{8}|6{8}|7{8}|8{8}|9{8}|12345678|87654321|00138000)$') then 'fake'
        when c.record_count > 12 then 'shared'
        else 'own'
    end as quality
    from list_identifiers as l
    inner join count_records as c
        on l.identifier_type = c.identifier_type and l.identifier_value = c.identifier_value
)

select * from final
    );
    
  
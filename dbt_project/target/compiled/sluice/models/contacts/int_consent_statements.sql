

with statements as (
    
    -- no source speaks of consent: nobody has given any
    select 
    cast(null as TEXT) as record_source,
    cast(null as TEXT) as record_id,
    cast(null as TEXT) as channel,
    cast('marketing' as TEXT) as purpose,
    cast(null as TEXT) as status,
    cast(null as timestamp) as stated_at,
    cast(null as TEXT) as proof
 where 1 = 0
    
)

select * from statements
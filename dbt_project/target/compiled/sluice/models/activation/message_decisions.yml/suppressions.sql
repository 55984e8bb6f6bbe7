
-- Fixture for suppressions
select 
    
    cast('email' as character varying)
 as "channel", 
    
    cast('22664ec69c40e717b764fc1007f4a60b2356321dd6e20582b7782d479e90b421' as character varying)
 as "address_hash", 
    
    cast('complained' as character varying)
 as "reason", cast(null as BIGINT) as "delivery_id", cast(null as TIMESTAMP) as "created_at"
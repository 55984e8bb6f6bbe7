
    
      
    

    create  table
      "warehouse"."activation"."out_messages__dbt_tmp"
  
  (
    message_id bigint,
    campaign varchar,
    destination varchar,
    channel varchar,
    contact_id bigint,
    address varchar,
    address_hash varchar,
    template varchar,
    language varchar,
    full_name varchar,
    context varchar,
    as_of timestamp
    
    )
 ;
    
    
    insert into "warehouse"."activation"."out_messages__dbt_tmp" 
  (
    
      
      
      message_id ,
    
      
      
      campaign ,
    
      
      
      destination ,
    
      
      
      channel ,
    
      
      
      contact_id ,
    
      
      
      address ,
    
      
      
      address_hash ,
    
      
      
      template ,
    
      
      
      language ,
    
      
      
      full_name ,
    
      
      
      context ,
    
      
      
      as_of 
    
  )
 (
      
    select message_id, campaign, destination, channel, contact_id, address, address_hash, template, language, full_name, context, as_of
    from (
        select
    message_id,
    campaign,
    destination,
    channel,
    contact_id,
    address,
    address_hash,
    template,
    language,
    full_name,
    context,
    decided_at as as_of
from "warehouse"."activation"."message_decisions"
where decision = 'send'
    ) as model_subq
    );
  
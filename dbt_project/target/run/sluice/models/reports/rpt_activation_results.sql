
    

    create  table
      "warehouse"."reports"."rpt_activation_results__dbt_tmp"
  
    
    as (
      with messages as (
    select 'message' as kind, campaign as activation, decision as operation, reason as outcome, count(*) as item_count
    from "warehouse"."activation"."message_decisions"
    where decision <> 'send'
    group by campaign, decision, reason
),

deliveries as (
    select kind, activation, operation, state as outcome, count(*) as item_count
    from "warehouse"."ledger"."receipts"
    group by kind, activation, operation, state
),

final as (
    select * from messages
    union all
    select * from deliveries
)

select * from final
    );
    
  

    

    create  table
      "warehouse"."activation"."int_delivery_states__dbt_tmp"
  
    
    as (
      with rank_receipts as (
    select *, row_number() over (partition by delivery_id order by receipt_id desc) as receipt_rank
    from "warehouse"."ledger"."receipts"
),

final as (
    select delivery_id, activation, kind, state, reason, occurred_at
    from rank_receipts
    where receipt_rank = 1
)

select * from final
    );
    
  
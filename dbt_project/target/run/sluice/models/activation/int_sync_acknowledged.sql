
    

    create  table
      "warehouse"."activation"."int_sync_acknowledged__dbt_tmp"
  
    
    as (
      with rank_receipts as (
    select *, row_number() over (partition by activation, subject_id order by receipt_id desc) as receipt_rank
    from "warehouse"."ledger"."receipts"
    where kind = 'sync' and state = 'accepted'
),

final as (
    select activation as sync, subject_id as sync_key, operation, row_hash, receipt_id
    from rank_receipts
    where receipt_rank = 1
)

select * from final
    );
    
  
{{ config(
    materialized=sluice.folded_where_rows_can_be_replaced(),
    incremental_strategy=sluice.replacing_rows(),
    unique_key=['stream_id', 'sync_key'],
    on_schema_change='append_new_columns'
) }}

with new_receipts as (
    select
        activation as sync,
        destination,
        {{ sluice.stream_id('activation', 'destination') }} as stream_id,
        subject_id as sync_key,
        case when operation <> 'exited' then row_hash end as row_hash,
        delivery_id as operation_id,
        receipt_id
    from {{ source('ledger', 'receipts') }}
    where kind = 'sync' and state = 'accepted'
        {% if is_incremental() %}
        and receipt_id > (select coalesce(max(receipt_id), 0) from {{ this }})
        {% endif %}
),

rank_receipts as (
    select *, row_number() over (partition by stream_id, sync_key order by receipt_id desc) as receipt_rank
    from new_receipts
),

final as (
    select sync, destination, stream_id, sync_key, row_hash, operation_id, receipt_id
    from rank_receipts
    where receipt_rank = 1
)

select * from final

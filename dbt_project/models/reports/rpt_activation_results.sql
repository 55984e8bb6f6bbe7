with messages as (
    select
        'message' as kind,
        campaign as activation,
        decision as operation,
        reason as outcome,
        cast(null as {{ dbt.type_string() }}) as reason,
        count(*) as item_count
    from {{ ref('message_decisions') }}
    where decision <> 'send'
    group by campaign, decision, reason
),

rank_receipts as (
    select *, row_number() over (partition by delivery_id order by receipt_id desc) as receipt_rank
    from {{ source('receipts', 'receipts') }}
),

find_newest as (
    -- a row that changed has a delivery of its own: what was tried of it before says nothing of where it stands now
    select *, max(receipt_id) over (partition by kind, activation, destination, subject_id) as newest_receipt_id
    from rank_receipts
    where receipt_rank = 1
),

name_outcomes as (
    select
        kind,
        activation,
        operation,
        case
            when kind = 'sync' and receipt_id < newest_receipt_id and state in ('failed', 'retry', 'unknown') then 'superseded'
            else state
        end as outcome,
        reason
    from find_newest
),

name_reasons as (
    select *, case when outcome not in ('accepted', 'delivered', 'superseded') then reason end as named_reason
    from name_outcomes
),

deliveries as (
    select kind, activation, operation, outcome, named_reason as reason, count(*) as item_count
    from name_reasons
    group by kind, activation, operation, outcome, named_reason
),

consents as (
    -- what cannot be read holds its person, what matches nobody holds nobody: both need a look
    select
        'consent' as kind,
        stated_in as activation,
        'statement' as operation,
        issue as outcome,
        cast(null as {{ dbt.type_string() }}) as reason,
        count(distinct row_key) as item_count
    from {{ ref('consent_issues') }}
    group by stated_in, issue
),

final as (
    select * from messages
    union all
    select * from consents
    union all
    select * from deliveries
)

select * from final

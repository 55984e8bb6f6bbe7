with campaigns as (
    -- what is transactional answers an act of its recipient: it waits for nobody, unless it says so itself
    select campaign, coalesce(approval_above, case when purpose = 'marketing' then {{ var('approval_above') }} end) as approval_above
    from {{ ref('int_campaigns') }}
),

valid_approvals as (
    select activation as campaign, max(size) as size, max(case when size is null then 1 else 0 end) = 1 as is_of_any_size
    from {{ source('ledger', 'approvals') }}
    where guardrail = 'approval' and plan is null and (expires_at is null or expires_at > {{ sluice.as_of() }})
    group by activation
),

final as (
    select
        c.campaign,
        case when not coalesce(a.is_of_any_size, false) then greatest(c.approval_above, coalesce(a.size, 0)) end as max_messages
    from campaigns as c
    left join valid_approvals as a on c.campaign = a.campaign
    where c.approval_above is not null
)

select * from final

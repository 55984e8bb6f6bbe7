with totals as (
    select * from {{ ref('int_score_totals') }}
),

a_day_ago as (
    {{ sluice.latest_of_living_contacts(ref('score_changes'), 'score_model', 'changed_at', ['total'], before=sluice.days_before(1)) }}
),

final as (
    select
        t.*,
        t.total - coalesce(y.total, 0) as change_since_yesterday
    from totals as t
    left join a_day_ago as y on t.contact_id = y.contact_id and t.score_model = y.score_model
)

select * from final

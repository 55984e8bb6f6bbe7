with find_windows as (
    select
        a.*,
        e.event_type,
        e.event_subject,
        e.currency,
        a.assigned_at + e.outcome_days * interval '1' day as matures_at,
        a.assigned_at - e.before_days * interval '1' day as before_from
    from {{ ref('int_experiment_assignments') }} as a
    inner join {{ ref('int_experiments') }} as e on a.experiment = e.experiment
),

find_events as (
    select u.experiment, u.contact_id, v.occurred_at > u.assigned_at as is_after, v.amount
    from find_windows as u
    inner join {{ ref('contact_events') }} as v on u.contact_id = v.contact_id and u.event_type = v.event_type
    where
        not v.is_machine and v.occurred_at > u.before_from and v.occurred_at <= u.matures_at
        and (u.event_subject is null or u.event_subject = v.subject)
        and (u.currency is null or u.currency = v.currency)
),

sum_events as (
    select
        experiment,
        contact_id,
        sum(case when is_after then 1 else 0 end) as event_count,
        sum(case when is_after then amount else 0 end) as amount,
        sum(case when is_after then 0 else 1 end) as count_before,
        sum(case when is_after then 0 else amount end) as amount_before
    from find_events
    group by experiment, contact_id
),

refusals as (
    select
        u.experiment,
        u.contact_id,
        max(case when c.proof like 'complained%' or c.proof like 'dropped_spam%' then 1 else 0 end) as complained
    from find_windows as u
    inner join {{ ref('contact_consents') }} as c on u.contact_id = c.contact_id
    where c.status = 'withdrawn' and c.stated_at > u.assigned_at and c.stated_at <= u.matures_at
    group by u.experiment, u.contact_id
),

final as (
    select
        u.experiment,
        u.contact_id,
        u.arm,
        u.assigned_at,
        cast({{ sluice.from_utc('u.assigned_at', var('time_zone')) }} as date) as assigned_date,
        u.matures_at,
        u.matures_at <= {{ sluice.as_of() }} as is_mature,
        u.is_in_several_arms,
        coalesce(e.event_count, 0) > 0 as is_converted,
        cast(
            case when u.currency is not null then coalesce(e.amount, 0) when e.event_count > 0 then 1 else 0 end as {{ sluice.type_double() }}
        ) as outcome,
        cast(
            coalesce(case when u.currency is not null then e.amount_before else e.count_before end, 0) as {{ sluice.type_double() }}
        ) as outcome_before,
        r.contact_id is not null as has_unsubscribed,
        coalesce(r.complained, 0) = 1 as has_complained
    from find_windows as u
    left join sum_events as e on u.experiment = e.experiment and u.contact_id = e.contact_id
    left join refusals as r on u.experiment = r.experiment and u.contact_id = r.contact_id
)

select * from final

with stage_entries as (
    select contact_id, to_stage as stage, transitioned_at as entered_at from {{ ref('lifecycle_transitions') }}
    union all
    select contact_id, subject as stage, occurred_at as entered_at from {{ ref('contact_events') }} where event_type = 'crm_stage_changed'
),

enter_stages as (
    -- who skips a stage has reached it
    select
        contact_id,
        min(case when stage in ('mql', 'sql', 'opportunity', 'customer') then entered_at end) as mql_at,
        min(case when stage in ('sql', 'opportunity', 'customer') then entered_at end) as sql_at,
        min(case when stage = 'customer' then entered_at end) as customer_at
    from stage_entries
    group by contact_id
),

act as (
    select
        contact_id,
        min(case when event_type = 'form_submitted' then occurred_at end) as form_at,
        min(case when event_type in ({{ sluice.text_literals(var('activation_events')) }}) then occurred_at end) as activated_at
    from {{ ref('contact_events') }}
    where not is_machine
    group by contact_id
),

refer as (
    {% if var('inbox') %}
    select referrer_id as contact_id, min(first_visit_at) as referred_at from {{ ref('referrals') }} group by referrer_id
    {% else %}
    {{ sluice.no_rows([], keys=['contact_id'], moments=['referred_at']) }}
    {% endif %}
),

final as (
    select
        f.contact_id,
        f.created_at as known_at,
        a.form_at,
        a.activated_at,
        e.mql_at,
        e.sql_at,
        case
            when e.customer_at is null or f.first_order_at < e.customer_at then f.first_order_at else e.customer_at
        end as customer_at,
        f.first_order_at,
        f.order_count,
        f.last_active_at,
        r.referred_at
    from {{ ref('contact_facts') }} as f
    left join enter_stages as e on f.contact_id = e.contact_id
    left join act as a on f.contact_id = a.contact_id
    left join refer as r on f.contact_id = r.contact_id
    where not f.is_deleted
)

select * from final

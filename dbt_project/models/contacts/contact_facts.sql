with contacts as (
    select *, nullif(lower(split_part(email, '@', 2)), '') as email_domain from {{ sluice.of_touched(ref('dim_contacts')) }}
),

domain_classes as (
    {{ sluice.classified('contacts', 'email_domain', 'email_domain') }}
),

title_classes as (
    {{ sluice.classified('contacts', 'job_title', 'job_title') }}
),

rank_crm_stages as (
    select
        contact_id,
        subject as crm_stage,
        occurred_at as crm_stage_at,
        row_number() over (partition by contact_id order by occurred_at desc, event_key asc) as stage_rank
    from {{ sluice.of_touched(ref('contact_events')) }}
    where event_type = 'crm_stage_changed'
),

consents as (
    select
        contact_id,
        max(case when channel = 'email' then status end) as email_consent,
        max(case when channel = 'sms' then status end) as sms_consent,
        max(case when channel = 'wechat' then status end) as wechat_consent,
        max(case when status = 'withdrawn' then 1 else 0 end) = 1 as has_withdrawn
    from {{ sluice.of_touched(ref('contact_consents')) }}
    where purpose = 'marketing'
    group by contact_id
),

final as (
    select
        c.contact_id,
        c.company,
        c.industry,
        c.company_size,
        c.job_title,
        c.budget,
        c.gender,
        c.birth_date,
        c.province,
        c.city,
        c.country,
        c.language,
        c.acquisition_source,
        c.owner_id,
        c.email_domain,
        coalesce(d.class, case when c.email_domain is not null then 'company' end) as email_domain_class,
        coalesce(j.class = 'decision_maker', false) as is_decision_maker,
        coalesce(d.class = 'student' or j.class = 'student', false) as is_student,
        coalesce(d.class = 'competitor', false) as is_competitor,
        c.email is not null as has_email,
        c.phone is not null as has_phone,
        c.unionid is not null as has_wechat,
        k.email_consent,
        k.sms_consent,
        k.wechat_consent,
        coalesce(k.has_withdrawn, false) as has_withdrawn,
        c.is_deleted,
        c.created_at,
        {{ sluice.days_between('c.created_at', sluice.as_of()) }} as days_known,
        a.event_count,
        a.first_event_at,
        a.last_event_at,
        a.last_active_at,
        {{ sluice.days_between('a.last_active_at', sluice.as_of()) }} as days_silent,
        a.form_count,
        a.last_form_at,
        a.order_count,
        a.order_amount,
        a.first_order_at,
        a.last_order_at,
        {{ sluice.days_between('a.first_order_at', sluice.as_of()) }} as days_since_first_order,
        {{ sluice.days_between('a.last_order_at', sluice.as_of()) }} as days_since_order,
        s.crm_stage,
        s.crm_stage_at
    from contacts as c
    inner join {{ ref('contact_activity') }} as a on c.contact_id = a.contact_id
    left join domain_classes as d on c.email_domain = d.email_domain
    left join title_classes as j on c.job_title = j.job_title
    left join rank_crm_stages as s on c.contact_id = s.contact_id and s.stage_rank = 1
    left join consents as k on c.contact_id = k.contact_id
)

select *
from final
{% for name in sluice.own_facts() %}
left join {{ sluice.model_ref(name) }} using (contact_id)
{% endfor %}

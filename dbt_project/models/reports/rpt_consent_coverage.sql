with contacts as (
    select contact_id, has_email, has_phone, has_wechat from {{ ref('contact_facts') }} where not is_deleted
),

reachable as (
    select 'email' as channel, contact_id from contacts where has_email
    union all
    select 'sms' as channel, contact_id from contacts where has_phone
    union all
    select 'wechat' as channel, contact_id from contacts where has_wechat
),

statuses as (
    select r.channel, r.contact_id, coalesce(c.status, 'never_asked') as status
    from reachable as r
    left join {{ ref('contact_consents') }} as c on r.contact_id = c.contact_id and r.channel = c.channel and c.purpose = 'marketing'
),

final as (
    select
        channel,
        status,
        count(*) as contact_count,
        count(*) / cast(sum(count(*)) over (partition by channel) as {{ sluice.type_double() }}) as share
    from statuses
    group by channel, status
)

select * from final

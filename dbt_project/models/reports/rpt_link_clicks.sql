{% set token = '_' * 24 %}

with addresses as (
    -- what comes after the ? may be about one person
    select
        cast(event_id as {{ dbt.type_string() }}) as event_id,
        split_part(link, '?', 1) as link
    from {{ source('ledger', 'message_events') }}
    where event_type in ('email_clicked', 'sms_clicked') and link is not null
),

links as (
    -- whoever has the link of a message to the preference page acts for its person
    select
        event_id,
        case
            when link = lower(link) then link
            when link like '%/p/{{ token }}' then concat(split_part(link, '/p/', 1), '/p')
            when link like '%/r/{{ token }}' then concat(split_part(link, '/r/', 1), '/r')
            else link
        end as link
    from addresses
),

clicks as (
    select event_id, subject, event_type, contact_id, is_machine
    from {{ ref('contact_events') }}
    where source = 'sluice' and event_type in ('email_clicked', 'sms_clicked')
),

final as (
    select
        c.subject as campaign,
        case when c.event_type = 'sms_clicked' then 'sms' else 'email' end as channel,
        l.link,
        cast(sum(case when c.is_machine then 0 else 1 end) as bigint) as click_count,
        count(distinct case when not c.is_machine then c.contact_id end) as contact_count,
        cast(sum(case when c.is_machine then 1 else 0 end) as bigint) as machine_click_count
    from clicks as c
    inner join links as l on c.event_id = l.event_id
    group by c.subject, case when c.event_type = 'sms_clicked' then 'sms' else 'email' end, l.link
)

select * from final

with bare_emails as (
    select record_key, {{ sluice.email_bare('email') }} as bare_email
    from {{ ref('int_clean_records') }}
    where email is not null
    {{ sluice.computed_once() }}
),

sent_to as (
    select b.record_key, {{ sluice.email_with_domain('b.bare_email', 'd.ascii_domain') }} as address_to_check
    from bare_emails as b
    left join {{ ref('int_email_domains') }} as d on {{ sluice.email_domain('b.bare_email') }} = d.domain
    {{ sluice.computed_once() }}
),

checked_emails as (
    select record_key, {{ sluice.checked_email('address_to_check') }} as email
    from sent_to
    {{ sluice.computed_once() }}
),

final as (
    select record_key, email, {{ sluice.email_mailbox('email') }} as mailbox
    from checked_emails
)

select * from final

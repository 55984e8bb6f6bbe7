with records as (
    {{ sluice.delivered_records() }}
),

written_emails as (
    select email from records where {{ sluice.regexp_like('email', '[^ -~]') }}
),

bare_emails as (
    select {{ sluice.email_bare('email') }} as bare_email from written_emails
),

domains as (
    select distinct {{ sluice.email_domain('bare_email') }} as domain from bare_emails
),

foreign_domains as (
    select domain from domains where {{ sluice.regexp_like('domain', '[^ -~]') }}
),

final as (
    {{ sluice.ascii_domains('foreign_domains', 'domain') }}
)

select * from final

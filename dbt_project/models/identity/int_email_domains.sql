with written_emails as (
    {% for name in models_in('staging', suffix='__contacts') %}
    select email from {{ ref(name) }} where {{ regexp_like('email', '[^ -~]') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

bare_emails as (
    select {{ email_bare('email') }} as bare_email from written_emails
),

domains as (
    select distinct {{ email_domain('bare_email') }} as domain from bare_emails
),

foreign_domains as (
    select domain from domains where {{ regexp_like('domain', '[^ -~]') }}
),

final as (
    {{ ascii_domains('foreign_domains', 'domain') }}
)

select * from final

{# What the page of a person shows until they state something: who got a message, or gets one in this run, also under a retired id. #}

with people as (
    select contact_id from {{ ref('int_message_history') }}
    union
    select contact_id from {{ ref('message_decisions') }} where decision = 'send'
),

addresses as (
    select c.contact_id, c.language, c.email, c.phone, c.openid
    from {{ ref('dim_contacts') }} as c
    inner join people as p on c.contact_id = p.contact_id
    where not c.is_deleted
),

list_channels as (
    {%- for channel, column, masked in [
        ('email', 'email', "substring(email, 1, 1) || '***@***'"),
        ('sms', 'phone', "'***' || substring(phone, length(phone) - 1, 2)"),
        ('phone', 'phone', "'***' || substring(phone, length(phone) - 1, 2)"),
        ('wechat', 'openid', "cast(null as " ~ dbt.type_string() ~ ")"),
    ] %}
    select
        contact_id,
        language,
        '{{ channel }}' as channel,
        {{ masked }} as masked_address,
        {{ sluice.sha256_hex("lower(email)" if channel == "email" else column) }} as address_hash
    from addresses
    where {{ column }} is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

find_consents as (
    select a.*, coalesce(s.status, 'none') = 'granted' as is_granted
    from list_channels as a
    left join {{ ref('contact_consents') }} as s on a.contact_id = s.contact_id and a.channel = s.channel and s.purpose = 'marketing'
),

final as (
    select contact_id, channel, language, masked_address, address_hash, is_granted from find_consents
    union all
    select r.retired_contact_id as contact_id, f.channel, f.language, f.masked_address, f.address_hash, f.is_granted
    from find_consents as f
    inner join {{ ref('contact_aliases') }} as r on f.contact_id = r.contact_id
)

select * from final

{#
    The columns of an event, in the one order every stg_<source>__events has. Whose event it is: a record
    (record_source + record_id) or a cookie. recorded_at is when the warehouse could first know of it. An empty text is nothing.
    properties={name: expression}, extra_columns(source, table), or the SQL of a JSON object: what else is known of the event (event_property()).
#}
{% macro contact_event(source, event_id, event_type, occurred_at, record_source='null', record_id='null', cookie_id='null',
                       recorded_at=none, subject='null', amount='null', currency='null', utm_source='null', utm_medium='null', utm_campaign='null',
                       qr_code='null', is_machine='false', properties=none) %}
    '{{ source }}' as source,
    cast({{ event_id }} as {{ dbt.type_string() }}) as event_id,
    cast({{ event_type }} as {{ dbt.type_string() }}) as event_type,
    {{ sluice.naive_utc(occurred_at) }} as occurred_at,
    {{ sluice.naive_utc('coalesce(' ~ (recorded_at or occurred_at) ~ ', ' ~ occurred_at ~ ')') }} as recorded_at,
    cast({{ record_source }} as {{ dbt.type_string() }}) as record_source,
    nullif(cast({{ record_id }} as {{ dbt.type_string() }}), '') as record_id,
    nullif(cast({{ cookie_id }} as {{ dbt.type_string() }}), '') as cookie_id,
    nullif(cast({{ subject }} as {{ dbt.type_string() }}), '') as subject,
    cast({{ amount }} as {{ sluice.type_double() }}) as amount,
    -- a code is upper case: what a shop writes as eur is no other currency
    upper(nullif(trim(cast({{ currency }} as {{ dbt.type_string() }})), '')) as currency,
    nullif(cast({{ utm_source }} as {{ dbt.type_string() }}), '') as utm_source,
    nullif(cast({{ utm_medium }} as {{ dbt.type_string() }}), '') as utm_medium,
    nullif(cast({{ utm_campaign }} as {{ dbt.type_string() }}), '') as utm_campaign,
    nullif(cast({{ qr_code }} as {{ dbt.type_string() }}), '') as qr_code,
    coalesce({{ is_machine }}, false) as is_machine,
    {{ sluice.more_values(properties) }} as properties
{% endmacro %}

{#
    The columns of a consent statement, in the one order every stg_<source>__consents has. address: the e-mail address or phone number that
    it is about, where the source names one: a no whose record nobody has is a no of whoever has the address. text_version: which text
    the person agreed to, as the source names it.
#}
{% macro consent_statement(record_source, record_id, channel, status, stated_at, proof, purpose="'marketing'", address='null', text_version='null') %}
    cast({{ record_source }} as {{ dbt.type_string() }}) as record_source,
    cast({{ record_id }} as {{ dbt.type_string() }}) as record_id,
    cast({{ channel }} as {{ dbt.type_string() }}) as channel,
    cast({{ purpose }} as {{ dbt.type_string() }}) as purpose,
    cast({{ status }} as {{ dbt.type_string() }}) as status,
    {{ sluice.naive_utc(stated_at) }} as stated_at,
    cast({{ proof }} as {{ dbt.type_string() }}) as proof,
    cast({{ address }} as {{ dbt.type_string() }}) as address,
    cast({{ text_version }} as {{ dbt.type_string() }}) as text_version
{% endmacro %}

{#
    The columns of a message of a chat, in the one order every stg_<source>__chats has: what a contact and the staff wrote to each other where
    a system keeps it (the archive of WeCom, a system of customer service). direction: 'in' for what the contact wrote, 'out' for what was
    answered. record_source and record_id: the contact's record. staff: who answered, as the source names them.
#}
{% macro chat_message(source, chat_id, said_at, direction, record_source, record_id, message_text='null', message_kind="'text'", staff='null',
                      channel="'wechat'", recorded_at=none) %}
    '{{ source }}' as source,
    cast({{ chat_id }} as {{ dbt.type_string() }}) as chat_id,
    {{ sluice.naive_utc(said_at) }} as said_at,
    {{ sluice.naive_utc('coalesce(' ~ (recorded_at or said_at) ~ ', ' ~ said_at ~ ')') }} as recorded_at,
    lower(cast({{ direction }} as {{ dbt.type_string() }})) as direction,
    cast({{ record_source }} as {{ dbt.type_string() }}) as record_source,
    nullif(cast({{ record_id }} as {{ dbt.type_string() }}), '') as record_id,
    cast({{ channel }} as {{ dbt.type_string() }}) as channel,
    coalesce(nullif(cast({{ message_kind }} as {{ dbt.type_string() }}), ''), 'text') as message_kind,
    nullif(cast({{ message_text }} as {{ dbt.type_string() }}), '') as message_text,
    nullif(cast({{ staff }} as {{ dbt.type_string() }}), '') as staff_name
{% endmacro %}

{% set names = sluice.models_in('staging', suffix='__consents') %}
-- depends_on: {{ source('landing', 'loads') }}

with statements as (
    {% for name in names %}
    select
        '{{ name }}' as stated_in,
        s.record_source,
        s.record_id,
        s.channel,
        s.purpose,
        s.status,
        s.stated_at,
        s.proof,
        s.address,
        s.text_version,
        {% set tables = sluice.tables_read_by(name) | map(attribute='name') | list %}
        {% if tables %}
        (
            select max(landed_at) from {{ source('landing', 'loads') }}
            where table_name in ('{{ tables | join("', '") }}')
        ) as landed_at
        {% else %}
        cast(null as timestamp) as landed_at
        {% endif %}
    from {{ sluice.model_ref(name) }} as s
    {% if not loop.last %}union all{% endif %}
    {% else %}
    -- no source speaks of consent: nobody has given any
    select
        '' as stated_in,
        {{ sluice.consent_statement('null', 'null', 'null', 'null', 'cast(null as timestamp)', 'null') }},
        cast(null as timestamp) as landed_at
    where 1 = 0
    {% endfor %}
)

select
    {{ sluice.hash_bigint(['stated_in', 'record_source', 'record_id', 'channel', 'purpose', 'status', 'stated_at', 'proof', 'address']) }} as row_key,
    *
from statements
where not exists (
    select 1 from {{ source('landing', 'erased_records') }} as e
    where {{ sluice.hash_bigint(['statements.record_source', 'statements.record_id']) }} = e.record_key
)

{{ config(materialized='incremental', meta={'idempotent': true}, incremental_strategy=sluice.replacing_rows(), unique_key='record_key') }}
{% set full_loads = sluice.full_load_tables() %}
-- depends_on: {{ source('landing', 'loads') }}
{% for name in sluice.models_in('staging', suffix='__contacts') %}
-- depends_on: {{ sluice.model_ref(name) }}
{% endfor %}

with delivered as (
    {% for name, tables in full_loads.items() %}
    select
        {{ sluice.hash_bigint(['source', 'record_id']) }} as record_key,
        source
    from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['source'], keys=['record_key']) }}
    {% endfor %}
),

delivered_keys as (
    select distinct record_key from delivered
),

loads as (
    {% for name, tables in full_loads.items() %}
    select '{{ name[4:-10] }}' as source, count(*) as load_number
    from {{ source('landing', 'loads') }}
    where table_name in ('{{ tables | join("', '") }}')
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select source, record_key as load_number from delivered
    {% endfor %}
),

records as (
    select r.record_key, l.load_number, d.record_key is null as is_missing
    from {{ ref('int_contact_records') }} as r
    inner join loads as l on r.source = l.source
    left join delivered_keys as d on r.record_key = d.record_key
),

previous as (
    {% if is_incremental() %}
    select record_key, missed_loads, load_number from {{ this }}
    {% else %}
    select record_key, record_key as missed_loads, record_key as load_number from delivered_keys where 1 = 0
    {% endif %}
),

final as (
    -- each load counts once, however often it is decided on; who is sent again is here again
    select
        r.record_key,
        case
            when not r.is_missing then 0
            when p.load_number = r.load_number then p.missed_loads
            else coalesce(p.missed_loads, 0) + 1
        end as missed_loads,
        r.load_number
    from records as r
    left join previous as p on r.record_key = p.record_key
    where (r.is_missing and (p.load_number is null or p.load_number <> r.load_number)) or (not r.is_missing and p.missed_loads > 0)
)

select * from final

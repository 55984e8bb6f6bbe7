{{ config(materialized='incremental', meta={'idempotent': true}, incremental_strategy='append', on_schema_change='append_new_columns') }}

with delivered as (
    select * from {{ ref('int_consents_delivered') }}
),

statuses as (
    select distinct written from ({{ sluice.read_words('delivered', 'status', 'status') }}) as w
),

channels as (
    select distinct written from ({{ sluice.read_words('delivered', 'channel', 'channel') }}) as w
),

purposes as (
    select distinct written from ({{ sluice.read_words('delivered', 'purpose', 'purpose') }}) as w
),

unread as (
    select distinct
        d.row_key,
        d.stated_in,
        d.record_source,
        d.record_id,
        d.channel,
        d.purpose,
        d.status,
        d.stated_at,
        d.proof,
        d.address,
        d.text_version,
        {{ sluice.as_of() }} as first_seen_at
    from delivered as d
    left join statuses as s on d.status = s.written
    left join channels as c on d.channel = c.written
    left join purposes as p on d.purpose = p.written
    where (s.written is null or c.written is null or p.written is null) and (d.record_id is not null or d.address is not null)
),

final as (
    -- what may be a no stays one when its source sends it no more
    select u.*
    from unread as u
    {% if is_incremental() %}
    left join {{ this }} as t on u.row_key = t.row_key
    where t.row_key is null
    {% endif %}
)

select * from final

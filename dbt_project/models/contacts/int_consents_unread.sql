{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

with words as (
    select distinct kind, word from {{ ref('int_consent_words') }}
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
    from {{ ref('int_consents_delivered') }} as d
    left join words as s on s.kind = 'status' and {{ sluice.consent_word('d.status') }} = s.word
    left join words as c on c.kind = 'channel' and {{ sluice.consent_word('d.channel') }} = c.word
    left join words as p on p.kind = 'purpose' and {{ sluice.consent_word('d.purpose') }} = p.word
    where (s.word is null or c.word is null or p.word is null) and (d.record_id is not null or d.address is not null)
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

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='record_key',
    pre_hook="{{ sluice.forget_rows_of_changed_records() }}"
) }}

with changed_records as (
    select r.record_key, r.record_hash, r.full_name
    from {{ ref('int_contact_records') }} as r
    {% if is_incremental() %}
    left join {{ this }} as t on r.record_key = t.record_key and r.record_hash = t.record_hash
    {% endif %}
    where r.full_name is not null
        {% if is_incremental() %}and t.record_key is null{% endif %}
),

written_names as (
    select distinct full_name from changed_records
),

parts as (
    {{ sluice.name_parts('written_names', 'full_name', 'full_name') }}
),

final as (
    select
        r.record_key,
        r.record_hash,
        p.name,
        p.name_kind,
        p.name_script,
        p.name_key,
        case when p.name_kind = 'full' then {{ sluice.sorted_pair('p.name_head', 'p.name_tail') }} end as name_sound,
        p.name_surname,
        p.name_given,
        p.name_codes,
        p.name_head,
        p.name_tail
    from changed_records as r
    inner join parts as p on r.full_name = p.full_name
)

select * from final

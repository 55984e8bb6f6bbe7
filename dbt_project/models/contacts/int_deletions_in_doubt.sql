-- depends_on: {{ ref('stg_quarantine__rows') }}
-- depends_on: {{ ref('boolean_words') }}
{% set places = sluice.deletion_marks() %}

with marks as (
    {% for place in places %}
    {% set at = loop.first %}
    {% for column in place.marks %}
    {{ 'union all' if not (at and loop.first) }}
    select
        '{{ place.model }}' as stated_in,
        '{{ place.source }}' as source,
        table_name,
        row_number,
        row_text,
        coalesce({{ sluice.consent_word(sluice.json_text(sluice.json_object_or_null('row_text'), column)) }}, '') as mark
    from {{ ref('stg_quarantine__rows') }}
    where table_name = '{{ place.table }}' and {{ sluice.json_object_or_null('row_text') }} is not null
    {% endfor %}
    {% else %}
    {{ sluice.no_rows(['stated_in', 'source', 'table_name'], keys=['row_number'], more=['row_text', 'mark']) }}
    {% endfor %}
),

deletions as (
    -- whatever is not plainly a no to "is it deleted"; of a line that was cut off, a blank says nothing
    select distinct m.stated_in, m.source, m.table_name, m.row_number, m.row_text
    from marks as m
    left join {{ ref('boolean_words') }} as w on w.meaning = 'false' and {{ sluice.consent_word('w.word') }} = m.mark
    where w.word is null and (m.mark <> '' or {{ sluice.json_text(sluice.json_object_or_null('m.row_text'), 'line') }} is not null)
),

cells as (
    {{ sluice.json_entries('deletions', ['stated_in', 'source', 'table_name', 'row_number'], 'row_text') }}
),

cell_values as (
    select distinct
        stated_in,
        source,
        table_name,
        row_number,
        entry_name,
        {{ sluice.record_id_fold('entry_value') }} as id_fold,
        {{ sluice.written_address_hash('entry_value') }} as address_hash
    from cells
    where entry_name <> 'line' and trim(entry_value) <> ''
),

found_records as (
    {% for place in places %}
    select v.stated_in, v.table_name, v.row_number, m.record_key
    from cell_values as v
    inner join {{ ref('identity_map') }} as m on v.source = m.source and v.id_fold = {{ sluice.record_id_fold('m.record_id') }}
    where v.stated_in = '{{ place.model }}' and v.table_name = '{{ place.table }}' and v.entry_name in ('{{ place.ids | join("', '") }}')
    union
    {% endfor %}
    select v.stated_in, v.table_name, v.row_number, a.record_key
    from cell_values as v
    inner join {{ ref('int_record_addresses') }} as a on v.address_hash = a.address_hash
),

final as (
    select distinct f.stated_in, f.table_name, f.row_number, m.contact_id
    from found_records as f
    inner join {{ ref('identity_map') }} as m on f.record_key = m.record_key
)

select * from final

{% do sluice.refuse_taken_names() %}
{% set kept = sluice.kept_table('int_contact_records') %}

with records as (
    {{ sluice.delivered_records() }}
),

key_delivered as (
    select
        {{ sluice.hash_bigint(['source', 'record_id']) }} as record_key,
        {{ sluice.row_fingerprint(["'" ~ sluice.code_fingerprint(['normalise']) ~ "'", 'is_deleted', 'created_at', 'updated_at']
            + sluice.contact_record_texts() + ['identifiers', 'attributes']) }} as record_hash,
        *
    from records
    where created_at <= {{ sluice.last_created_at() }}
),

key_records as (
    -- who was erased stays out, also where their table is read in place
    select d.*
    from key_delivered as d
    left join {{ source('landing', 'erased_records') }} as e on d.record_key = e.record_key
    where e.record_key is null
),

{% if kept %}
changed_keys as (
    select distinct k.record_key
    from key_records as k
    left join {{ kept }} as t on k.record_key = t.record_key and k.record_hash = t.record_hash
    where t.record_key is null
),
{% endif %}

count_twins as (
    select
        k.*,
        count(*) over (partition by k.record_key, k.updated_at, k.created_at) as twin_count
    from key_records as k
    {% if kept %}inner join changed_keys as c on k.record_key = c.record_key{% endif %}
),

rank_versions as (
    -- the last updated counts. Of rows of one moment that differ, which rpt_record_issues counts: deleted first, then the fullest
    select
        *,
        row_number() over (
            partition by record_key
            order by
                updated_at desc,
                created_at desc,
                is_deleted desc,
                case when twin_count > 1 then {{ sluice.filled_count(sluice.contact_record_texts()) }} end desc,
                case when twin_count > 1 then {{ sluice.hash_bigint(sluice.contact_record_texts() + ['identifiers', 'attributes']) }} end asc
        ) as version_rank
    from count_twins
),

final as (
    select
        record_key,
        record_hash,
        source,
        record_id,
        {% for name in sluice.contact_record_texts() %}
        {{ name }},
        {% endfor %}
        identifiers,
        attributes,
        is_deleted,
        created_at,
        updated_at
    from rank_versions
    where version_rank = 1
)

select * from final

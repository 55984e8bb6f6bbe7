with identifiers as (
    select * from {{ ref('int_record_identifiers') }}
),

names as (
    select * from {{ ref('int_record_names') }} where name_kind = 'full'
),

group_names as (
    select
        i.identifier_key,
        n.name_sound,
        count(*) as record_count,
        min(i.created_at) as first_seen_at,
        max(i.updated_at) as last_seen_at,
        {% for column in ['name', 'name_kind', 'name_script', 'name_surname', 'name_given', 'name_codes', 'name_head', 'name_tail'] %}
        min(n.{{ column }}) as {{ column }}{% if not loop.last %},{% endif %}

        {% endfor %}
    from identifiers as i
    inner join names as n on i.record_key = n.record_key
    group by i.identifier_key, n.name_sound
),

final as (
    select *, count(*) over (partition by identifier_key) as name_count from group_names
)

select * from final

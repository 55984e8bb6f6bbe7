with wanted as (
    {% for name in models_in('activation', prefix='sync_') %}
    {% set sync = model_meta(name, 'sync') %}
    select
        '{{ name[5:] }}' as sync,
        {{ sync.key }} as sync_key,
        {{ row_hash(name, sync.key) }} as row_hash
    from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ no_rows(['sync'], keys=['sync_key', 'row_hash']) }}
    {% endfor %}
)

select * from wanted

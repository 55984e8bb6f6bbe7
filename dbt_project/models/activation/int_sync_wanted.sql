with wanted as (
    {% for name in keyed_sync_models() %}
    {% set sync = model_meta(name, 'sync') %}
    select
        '{{ name[5:] }}' as sync,
        {{ stream_id("'" ~ name[5:] ~ "'", text_literal(sync.destination)) }} as stream_id,
        {{ sync_key(name) }} as sync_key,
        {{ row_hash(name) }} as row_hash
    from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ no_rows(['sync'], keys=['stream_id', 'sync_key', 'row_hash']) }}
    {% endfor %}
)

select * from wanted

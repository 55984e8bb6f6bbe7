with wanted as (
    {% for name in models_in('activation', prefix='sync_') %}
    {% set sync = model_meta(name, 'sync') %}
    select
        '{{ name[5:] }}' as sync,
        {{ stream_id("'" ~ name[5:] ~ "'", "'" ~ sync.destination ~ "'") }} as stream_id,
        cast({{ sync.key }} as bigint) as sync_key,
        {{ row_hash(name) }} as row_hash
    from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ no_rows(['sync'], keys=['stream_id', 'sync_key', 'row_hash']) }}
    {% endfor %}
)

select * from wanted

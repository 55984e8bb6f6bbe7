with wanted as (
    {% for name in sluice.keyed_sync_models() %}
    {% set sync = sluice.model_meta(name, 'sync') %}
    select
        '{{ name[5:] }}' as sync,
        {{ sluice.stream_id("'" ~ name[5:] ~ "'", sluice.text_literal(sync.destination)) }} as stream_id,
        {{ sluice.sync_key(name) }} as sync_key,
        {{ sluice.row_hash(name) }} as row_hash
    from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['sync'], keys=['stream_id', 'sync_key', 'row_hash']) }}
    {% endfor %}
)

select * from wanted

with syncs as (
    {% for name in models_in('activation', prefix='sync_') %}
    {% set sync = model_meta(name, 'sync') %}
    select '{{ name[5:] }}' as sync, '{{ sync.destination }}' as destination, '{{ sync.mode }}' as mode
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ no_rows(['sync', 'destination', 'mode']) }}
    {% endfor %}
)

select * from syncs

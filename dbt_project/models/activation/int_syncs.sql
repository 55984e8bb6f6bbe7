with syncs as (
    {% for name in models_in('activation', prefix='sync_') %}
    {% set sync = model_meta(name, 'sync') %}
    -- depends_on: {{ ref(name) }}
    select
        '{{ name[5:] }}' as sync,
        '{{ sync.destination }}' as destination,
        '{{ sync.mode }}' as mode,
        {{ mapping_base(name) }} as mapping_base,
        {{ version_base(name) }} as version_base,
        {{ (sync.mode in ('mirror', 'upsert')) | lower }} as sends_changes,
        {{ (sync.mode == 'membership' or (sync.mode == 'mirror' and sync.get('on_exit', 'archive') == 'archive')) | lower }} as sends_exits
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select none.*, 1 = 1 as sends_changes, 1 = 1 as sends_exits
    from ({{ no_rows(['sync', 'destination', 'mode'], keys=['mapping_base', 'version_base']) }}) as none
    {% endfor %}
),

final as (
    select *, {{ stream_id('sync', 'destination') }} as stream_id
    from syncs
)

select * from final

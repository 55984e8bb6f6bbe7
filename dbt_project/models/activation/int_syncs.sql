with syncs as (
    {% for name in sluice.sync_models() %}
    -- depends_on: {{ sluice.model_ref(name) }}
    {{ sluice.sync_settings(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_sync_settings() }}
    {% endfor %}
),

final as (
    select sync, destination, mode, sends_changes, sends_exits, mapping_base, version_base, key_problem, {{ sluice.stream_id('sync', 'destination') }} as stream_id
    from syncs
)

select * from final

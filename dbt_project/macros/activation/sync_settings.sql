{# What the yml of a sync says, as a row; the defaults are those of SyncConfig in models/config.py. #}
{% macro sync_settings(name) %}
    {% set sync = sluice.model_meta(name, 'sync', {}) %}
    {% set sends_exits = sync.mode == 'membership' or (sync.mode == 'mirror' and sync.get('on_exit', 'archive') == 'archive') %}
    select
        '{{ name[5:] }}' as sync,
        {{ sluice.text_literal(sync.destination) }} as destination,
        {{ sluice.text_literal(sync.mode) }} as mode,
        {{ sluice.sends_changes(name) }} as sends_changes,
        {{ sends_exits | lower }} as sends_exits,
        {{ sluice.mapping_base(name) }} as mapping_base,
        {{ sluice.version_base(name) }} as version_base,
        {{ sluice.text_literal(sluice.sync_key_problem(name) if execute else none) }} as key_problem
{% endmacro %}

{# Whether a changed row goes out: true or false. #}
{% macro sends_changes(name) %}{{ return((sluice.model_meta(name, 'sync', {}).mode in ('mirror', 'upsert')) | lower) }}{% endmacro %}

{# The same columns without a row, for when there is no sync. #}
{% macro no_sync_settings() %}
    select nothing.*, true as sends_changes, true as sends_exits
    from ({{ sluice.no_rows(['sync', 'destination', 'mode'], keys=['mapping_base', 'version_base'], more=['key_problem']) }}) as nothing
{% endmacro %}

{# The acknowledged state is folded onto what is kept, but where rows cannot be replaced: there from the whole log. #}
{% macro folded_where_rows_can_be_replaced() %}{{ return('table' if target.type == 'spark' else 'incremental') }}{% endmacro %}

{% set columns = 'sync, column_name, place, data_type, kind, is_key, value_sql, key_sql' %}

with final as (
    {% for name in sluice.sync_models() %}
    -- depends_on: {{ sluice.model_ref(name) }}
    {% endfor %}
    {% for row in sluice.sync_column_rows() %}
    {{ 'select * from (values' if loop.first }} ({{ row | join(', ') }}){{ ',' if not loop.last }}
    {{ ') as v (' ~ columns ~ ')' if loop.last }}
    {% else %}
    select nothing.*, false as is_key
    from ({{ sluice.no_rows(['sync', 'column_name'], keys=['place'], more=['data_type', 'kind', 'value_sql', 'key_sql']) }}) as nothing
    {% endfor %}
)

select {{ columns | replace("place", "cast(place as bigint) as place") }} from final

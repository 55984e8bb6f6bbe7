{% set columns = 'sync, column_name, place, data_type, kind, is_key, value_sql, key_sql' %}

with final as (
    {% for name in sync_models() %}
    -- depends_on: {{ ref(name) }}
    {% endfor %}
    {% for row in sync_column_rows() %}
    {{ 'select * from (values' if loop.first }} ({{ row | join(', ') }}){{ ',' if not loop.last }}
    {{ ') as v (' ~ columns ~ ')' if loop.last }}
    {% else %}
    select nothing.*, false as is_key
    from ({{ no_rows(['sync', 'column_name'], keys=['place'], more=['data_type', 'kind', 'value_sql', 'key_sql']) }}) as nothing
    {% endfor %}
)

select {{ columns }} from final

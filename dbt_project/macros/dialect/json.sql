{# A JSON object as text from {key: sql expression}. #}
{% macro json_object(pairs) -%}
    {{ return(adapter.dispatch('json_object', 'sluice')(pairs)) }}
{%- endmacro %}

{% macro json_arguments(pairs) -%}
    {% set parts = [] %}
    {% for key, value in pairs.items() %}{% do parts.append("'" ~ (key | replace("'", "''")) ~ "', " ~ value) %}{% endfor %}
    {{ return(parts | join(', ')) }}
{%- endmacro %}

{% macro default__json_object(pairs) -%}
    cast(json_object({{ sluice.json_arguments(pairs) }}) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro postgres__json_object(pairs) -%}
    cast(json_build_object({{ sluice.json_arguments(pairs) }}) as text)
{%- endmacro %}

{% macro spark__json_object(pairs) -%}
    to_json(named_struct({{ sluice.json_arguments(pairs) }}), map('ignoreNullFields', 'false'))
{%- endmacro %}

{# The same without the keys whose value is null: what is not known is missing, and no blank. #}
{% macro json_of_known(pairs) -%}
    {{ return(adapter.dispatch('json_of_known', 'sluice')(pairs)) }}
{%- endmacro %}

{% macro default__json_of_known(pairs) -%}
    cast(json_merge_patch('{}', json_object({{ sluice.json_arguments(pairs) }})) as {{ dbt.type_string() }})
{%- endmacro %}

{% macro postgres__json_of_known(pairs) -%}
    cast(json_strip_nulls(json_build_object({{ sluice.json_arguments(pairs) }})) as text)
{%- endmacro %}

{% macro spark__json_of_known(pairs) -%}
    {{ sluice.spark__json_object(pairs) }}
{%- endmacro %}

{# The value of a key of a JSON object, as text; null where the object has none. The key is a constant. #}
{% macro json_text(json, key) -%}
    {{ return(adapter.dispatch('json_text', 'sluice')(json, key | replace("'", "''"))) }}
{%- endmacro %}

{% macro default__json_text(json, key) -%}
    json_extract_string({{ json }}, '/{{ key | replace("~", "~0") | replace("/", "~1") }}')
{%- endmacro %}

{% macro postgres__json_text(json, key) -%}
    (cast({{ json }} as json) ->> '{{ key }}')
{%- endmacro %}

{% macro spark__json_text(json, key) -%}
    from_json({{ json }}, 'map<string,string>')['{{ key }}']
{%- endmacro %}

{# A query: the `columns` of `relation`, and each entry of the JSON object in its column `json` as entry_name and entry_value (text). #}
{% macro json_entries(relation, columns, json) -%}
    {{ return(adapter.dispatch('json_entries', 'sluice')(relation, columns | join(', '), json)) }}
{%- endmacro %}

{% macro default__json_entries(relation, columns, json) -%}
    select
        {{ columns }},
        entry_name,
        json_extract_string({{ json }}, '/' || replace(replace(entry_name, '~', '~0'), '/', '~1')) as entry_value
    from (select {{ columns }}, {{ json }}, unnest(json_keys({{ json }})) as entry_name from {{ relation }} where {{ json }} is not null) as entries
{%- endmacro %}

{% macro postgres__json_entries(relation, columns, json) -%}
    select {{ columns }}, entries.entry_name, entries.entry_value
    from {{ relation }}
    cross join lateral json_each_text(cast({{ json }} as json)) as entries (entry_name, entry_value)
    where {{ json }} is not null
{%- endmacro %}

{% macro spark__json_entries(relation, columns, json) -%}
    select {{ columns }}, entry_name, entry_value
    from {{ relation }}
    lateral view explode(from_json({{ json }}, 'map<string,string>')) entries as entry_name, entry_value
{%- endmacro %}

{# A text as it is when it is a JSON object, else null: what a source sends must not stop the run. #}
{% macro json_object_or_null(text) -%}
    {{ return(adapter.dispatch('json_object_or_null', 'sluice')(text)) }}
{%- endmacro %}

{% macro default__json_object_or_null(text) -%}
    case when json_valid({{ text }}) then case when json_type({{ text }}) = 'OBJECT' then {{ text }} end end
{%- endmacro %}

{# Postgres 16 knows `is json object`; the function, made by on-run-start in our own schema, does the same on those before. #}
{% macro postgres__json_object_or_null(text) -%}
    {{ adapter.quote(target.schema) }}.json_object_or_null({{ text }})
{%- endmacro %}

{% macro spark__json_object_or_null(text) -%}
    case when from_json({{ text }}, 'map<string,string>') is not null then {{ text }} end
{%- endmacro %}

{# The functions behind json_object_or_null() and edit_distance() on Postgres. #}
{% macro create_functions() -%}
    {% if target.type == 'postgres' and flags.WHICH in ('build', 'run', 'test') %}
    {% set ours, place = adapter.quote(target.schema), namespace(schema=target.schema) %}
    {% if execute %}
        {% set found = run_query("select n.nspname from pg_extension as e inner join pg_namespace as n on e.extnamespace = n.oid where e.extname = 'fuzzystrmatch'") %}
        {% set place.schema = found.rows[0][0] %}
    {% endif %}
create or replace function {{ ours }}.edit_distance(a text, b text) returns integer language sql immutable as $$
    select {{ adapter.quote(place.schema) }}.levenshtein(a, b)
$$;
create or replace function {{ ours }}.json_object_or_null(candidate text) returns text language plpgsql immutable as $$
begin
    if json_typeof(candidate::json) = 'object' then return candidate; end if;
    return null;
exception when others then return null;
end $$
    {% endif %}
{%- endmacro %}

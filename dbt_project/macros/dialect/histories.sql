{#
    Rows that go, and rows that stand for earlier ones, in the tables that are kept from run to run. Spark's Parquet tables know neither
    `delete` nor `merge`, and cannot be written over from themselves: there the rows that stay are copied to <table>__kept, and the table is
    written over from that. A copy that is still there when a build starts is of one that was cut off: finish_kept_copies() ends its work.
#}

{# For a hook of an incremental model: the rows of {{ this }} that meet the condition go. #}
{% macro delete_rows(condition) -%}
    {% if is_incremental() %}{{ return(adapter.dispatch('delete_rows', 'sluice')(this, condition)) }}{% endif %}
{%- endmacro %}

{% macro default__delete_rows(relation, condition) -%}
    delete from {{ relation }} where {{ condition }}
{%- endmacro %}

{% macro spark__delete_rows(relation, condition) -%}
    {% if run_query('select 1 from ' ~ relation ~ ' where ' ~ condition ~ ' limit 1').rows | length %}
        {% set kept = sluice.kept_copy(relation) %}
        {% do run_query('drop table if exists ' ~ kept) %}
        {% do run_query('create table ' ~ kept ~ ' as select * from ' ~ relation ~ ' where not coalesce((' ~ condition ~ '), false)') %}
        {% do run_query('insert overwrite table ' ~ relation ~ ' select * from ' ~ kept) %}
        {% do run_query('drop table ' ~ kept) %}
    {% endif %}
{%- endmacro %}

{# The strategy of incremental models whose new rows stand for those of the same unique_key. #}
{% macro replacing_rows() %}{{ return('insert_overwrite' if target.type == 'spark' else 'delete+insert') }}{% endmacro %}

{#
    What an incremental model of dbt-spark inserts from: the model's rows, and where they write over the whole table, also those that stay.
#}
{% macro spark__create_temporary_view(relation, compiled_code) -%}
    {% if model.package_name != 'sluice' or config.get('incremental_strategy') != 'insert_overwrite' or not config.get('unique_key') %}
        {{ return(dbt.spark__create_temporary_view(relation, compiled_code)) }}
    {% endif %}
    {% set kept, new = sluice.kept_copy(this), relation.identifier ~ '__new' %}
    {% do run_query('create or replace temporary view ' ~ new ~ ' as ' ~ compiled_code) %}
    {% set old_columns = adapter.get_columns_in_relation(this) | map(attribute='name') | map('lower') | list %}
    {% set names, old_values, same = [], [], [] %}
    {% for name in get_columns_in_query('select * from ' ~ new) %}
        {% do names.append(sluice.quoted(name)) %}
        {% do old_values.append('old.' ~ sluice.quoted(name) if name | lower in old_columns else 'null') %}
    {% endfor %}
    {% set key = config.get('unique_key') %}
    {% for name in ([key] if key is string else key) %}
        {% do same.append('new.' ~ sluice.quoted(name) ~ ' = old.' ~ sluice.quoted(name)) %}
    {% endfor %}
    {% do run_query('drop table if exists ' ~ kept) %}
    {% do run_query('create table ' ~ kept ~ ' as select ' ~ names | join(', ') ~ ' from ' ~ new ~ ' union all select ' ~ old_values | join(', ')
        ~ ' from ' ~ this ~ ' as old where not exists (select 1 from ' ~ new ~ ' as new where ' ~ same | join(' and ') ~ ')') %}
    create or replace temporary view {{ relation }} as select * from {{ kept }}
{%- endmacro %}

{% macro kept_copy(relation) %}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__kept'}, type='table')) }}
{% endmacro %}

{#
    At the start of a build on Spark: a copy that is whole while its table may not be. It holds what the table was to hold; a copy that was
    itself cut off is no table yet, and what is left in its folder is written over.
#}
{% macro finish_kept_copies() %}
    {% if execute and target.type == 'spark' and flags.WHICH in ('build', 'run') %}
        {% do run_query('set spark.sql.legacy.allowNonEmptyLocationInCTAS = true') %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' and node.config.materialized == 'incremental' %}
            {% set kept = adapter.get_relation(node.database, node.schema, node.alias ~ '__kept') %}
            {% if kept is not none %}
                {% set table = kept.incorporate(path={'identifier': node.alias}, type='table') %}
                {% do log(node.alias ~ ': a build was cut off while it was written over; its rows are put back from their copy', info=true) %}
                {% do run_query('drop table if exists ' ~ table) %}
                {% do run_query('create table ' ~ table ~ ' as select * from ' ~ kept) %}
                {% do run_query('drop table ' ~ kept) %}
                {% if adapter.get_relation(node.database, node.schema, node.alias) is none %}{% do adapter.cache_added(table) %}{% endif %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#
    At the end of a build on Spark. That of a model that failed stays, as after a kill: its table may have been emptied before the new rows
    could not be written.
#}
{% macro drop_kept_copies() %}
    {% if execute and target.type == 'spark' and flags.WHICH in ('build', 'run') %}
        {% set failed = results | rejectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' and node.config.materialized == 'incremental' %}
            {% if node.unique_id not in failed %}
                {% do run_query('drop table if exists ' ~ node.schema ~ '.' ~ node.alias ~ '__kept') %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

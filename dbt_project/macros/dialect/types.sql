{#
    The types that contracts, seeds and sources are declared in, as the warehouse writes them. `varchar` and `double precision` are right on
    DuckDB and Postgres; Spark wants a length, or the one word `string`, and knows `double` alone.
#}
{% macro warehouse_type(data_type) -%}
    {{ return(adapter.dispatch('warehouse_type', 'sluice')(data_type | trim)) }}
{%- endmacro %}

{% macro default__warehouse_type(data_type) -%}
    {{ return(sluice.type_double() | trim if data_type | lower == 'double' else data_type) }}
{%- endmacro %}

{% macro spark__warehouse_type(data_type) -%}
    {% set names = {'varchar': 'string', 'text': 'string', 'character varying': 'string', 'double precision': 'double'} %}
    {{ return(names.get(data_type | lower, data_type)) }}
{%- endmacro %}

{#
    What dbt itself makes of declared types on Spark: a contract's columns are cast to them, a seed's table has them. dbt finds these macros
    where the project that it runs has `dispatch` in its dbt_project.yml; refuse_without_dispatch() says so.
#}
{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ sluice.warehouse_type(type) }})
{%- endmacro %}

{% macro spark__create_csv_table(model, agate_table) %}
    {% set types = model['config'].get('column_types') or {} %}
    {% for name, type in types.items() | list %}{% do types.update({name: sluice.warehouse_type(type)}) %}{% endfor %}
    {{ return(dbt.spark__create_csv_table(model, agate_table)) }}
{% endmacro %}

{#
    The rows of a seed. dbt-spark writes an empty value as the text `None`, a number as a float, and a quote as it is; here each is a literal.
#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {% set types = model['config'].get('column_types') or {} %}
    {% set statements = [] %}
    {% for chunk in agate_table.rows | batch(get_batch_size()) %}
        {% set rows = [] %}
        {% for row in chunk %}
            {% set values = [] %}
            {% for name in agate_table.column_names %}
                {% set data_type = types.get(name, adapter.convert_type(agate_table, loop.index0)) %}
                {% do values.append('cast(' ~ sluice.spark_literal(row[loop.index0]) ~ ' as ' ~ sluice.warehouse_type(data_type) ~ ')') %}
            {% endfor %}
            {% do rows.append('(' ~ values | join(', ') ~ ')') %}
        {% endfor %}
        {% set sql = 'insert into ' ~ this.render() ~ ' values ' ~ rows | join(', ') %}
        {% do adapter.add_query(sql, abridge_sql_log=True) %}
        {% if loop.first %}{% do statements.append(sql) %}{% endif %}
    {% endfor %}
    {{ return(statements[0]) }}
{% endmacro %}

{# A value of a seed, in Spark's SQL. #}
{% macro spark_literal(value) %}
    {% if value is none %}{{ return('null') }}{% endif %}
    {{ return("'" ~ (value | string | replace('\\', '\\\\') | replace("'", "\\'")) ~ "'") }}
{% endmacro %}

{# Stops a build on Spark of a project that dbt would not find our macros for. #}
{% macro refuse_without_dispatch() %}
    {% if execute and target.type == 'spark' and flags.WHICH in ('build', 'run', 'test', 'seed') %}
        {% set root, found = builtins.ref.config.project_name, [] %}
        {% for entry in builtins.ref.config.dispatch or [] if entry.macro_namespace == 'dbt' and 'sluice' in entry.search_order %}
            {% do found.append(entry) %}
        {% endfor %}
        {% if root != 'sluice' and not found %}
            {{ exceptions.raise_compiler_error('dbt_project.yml: on Spark dbt must look for macros in sluice too; add these lines:\n'
                ~ 'dispatch:\n  - macro_namespace: dbt\n    search_order: [' ~ root ~ ', sluice, dbt]') }}
        {% endif %}
    {% endif %}
{% endmacro %}

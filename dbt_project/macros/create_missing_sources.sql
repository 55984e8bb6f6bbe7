{#
    The tables of sources that are not there yet, at the start of a build:
    - of the ledger and the landing, which Sluice writes, and optional ones of the schema raw: made empty, with their declared columns;
    - of the schema raw on a warehouse that nothing was landed in: the same, so a bare `dbt build` works on a fresh clone;
    - all others are the warehouse's own: a name that is not there is an error that lists near ones, never an empty table.
    `sluice run` sets sources_may_be_missing: there a missing table stops only what is made of it.
#}
{% macro create_missing_sources() %}
    {% if execute and flags.WHICH in ('build', 'run', 'test', 'seed') %}
        {% set missing = [] %}
        {% for source in graph.sources.values() %}
            {% set identifier = source.identifier or source.name %}
            {% if adapter.get_relation(source.database, source.schema, identifier) is none %}
                {% if sluice.is_ours_to_create(source) %}
                    {% do sluice.create_source(source) %}
                {% else %}
                    {% do missing.append(sluice.missing_source_words(source)) %}
                {% endif %}
            {% endif %}
        {% endfor %}
        {% if missing and not var('sources_may_be_missing', false) %}
            {{ exceptions.raise_compiler_error(missing | join('\n')) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{% macro is_ours_to_create(source) %}
    {% if source.database and target.database and source.database != target.database %}
        {{ return(false) }}
    {% elif source.schema in (sluice.schema_name('ledger'), sluice.schema_name('landing'), sluice.schema_name('inbox')) %}
        {{ return(true) }}
    {% elif source.schema != sluice.schema_name('raw') %}
        {{ return(false) }}
    {% endif %}
    {{ return((source.config.meta or {}).get('optional', false) or not sluice.is_raw_in_use(source.database)) }}
{% endmacro %}

{# True when files were landed, or the schema raw has tables that no source declares: somebody else's. #}
{% macro is_raw_in_use(database) %}
    {% set raw, declared = sluice.schema_name('raw'), ['landings', 'quarantine'] %}
    {% for source in graph.sources.values() if source.schema == raw %}
        {% do declared.append((source.identifier or source.name) | lower) %}
    {% endfor %}
    {% for name in sluice.relation_names(database, raw) if name | lower not in declared %}
        {{ return(true) }}
    {% endfor %}
    {% set landings = adapter.get_relation(database, raw, 'landings') %}
    {{ return(landings is not none and run_query('select count(*) from ' ~ landings).rows[0][0] > 0) }}
{% endmacro %}

{% macro create_source(source) %}
    {% set relation = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier or source.name) %}
    {% do adapter.create_schema(relation) %}
    {% set columns = [] %}
    {% for column in source.columns.values() %}
        {% do columns.append(adapter.quote(column.name) ~ ' ' ~ sluice.warehouse_type(column.data_type)) %}
    {% endfor %}
    {% do run_query('create table if not exists ' ~ relation ~ ' (' ~ columns | join(', ') ~ ')') %}
{% endmacro %}

{# What is missing, and the tables of the warehouse whose names are like it. #}
{% macro missing_source_words(source) %}
    {% set identifier = source.identifier or source.name %}
    {% set near = [] %}
    {% for schema in sluice.schema_names(source.database) %}
        {% for name in sluice.relation_names(source.database, schema) %}
            {% if sluice.name_likeness(schema ~ '.' ~ name, source.schema ~ '.' ~ identifier) >= 0.6 %}
                {% do near.append(schema ~ '.' ~ name) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {% set hint = 'near names: ' ~ near[:5] | join(', ') if near else 'no table of the warehouse has a name like it' %}
    {% set landed = '; `sluice run` lands the tables of the schema raw' if source.schema == sluice.schema_name('raw') else '' %}
    {{ return(source.original_file_path ~ ': the source ' ~ source.source_name ~ ' has no table ' ~ source.schema ~ '.' ~ identifier
        ~ ' in the warehouse; ' ~ hint ~ landed) }}
{% endmacro %}

{# How alike two names are, from 0 to 1: the pairs of letters that both have. #}
{% macro name_likeness(one, other) %}
    {% set pairs = [[], []] %}
    {% for name in [one | lower, other | lower] %}
        {% set at = loop.index0 %}
        {% for n in range(name | length - 1) %}{% do pairs[at].append(name[n:n + 2]) %}{% endfor %}
    {% endfor %}
    {% set shared = [] %}
    {% for pair in pairs[0] if pair in pairs[1] %}{% do shared.append(pair) %}{% endfor %}
    {{ return(2 * shared | length / ([pairs[0] | length + pairs[1] | length, 1] | max)) }}
{% endmacro %}

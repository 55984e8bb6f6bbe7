{#
    A seed of this package with the rows that the project adds: its own seed or model my_<name>, of the same columns, joins by its name, and
    a row of it stands for ours of the same key. To replace a seed as a whole, the project switches ours off (`+enabled: false`)
    and has a seed of the same name.
#}
{% macro seed(name) %}
    {% if (execute and not graph.nodes) or not sluice.has_rows_of_its_own(name) %}{{ return(ref(name)) }}{% endif %}
    {% set shape, own = sluice.seed_shapes()[name], sluice.model_ref('my_' ~ name) %}
    {% do sluice.check_own_seed(name, shape['columns']) %}
    {% set columns = [] %}
    {% for column in shape['columns'] %}
        {% do columns.append('cast(' ~ column ~ ' as ' ~ shape.get('types', {}).get(column, dbt.type_string()) ~ ') as ' ~ column) %}
    {% endfor %}
    {% set same = [] %}
    {% for column in shape['key'] %}
        {% do same.append(sluice.seed_key(name, column, 'mine') ~ ' = ' ~ sluice.seed_key(name, column, 'ours')) %}
    {% endfor %}
    {% set unless = ' where not exists (select 1 from ' ~ own ~ ' as mine where ' ~ same | join(' and ') ~ ')' if same else '' %}
    {{ return('(select ' ~ columns | join(', ') ~ ' from ' ~ own ~ ' union all select ' ~ columns | join(', ') ~ ' from ' ~ ref(name) ~ ' as ours'
        ~ unless ~ ')') }}
{% endmacro %}

{# The columns of the seeds that a project may add to, and by which of them a row of it stands for one of ours. #}
{% macro seed_shapes() %}
    {% set shapes = {
        'classifications': {'columns': ['attribute', 'pattern', 'class'], 'key': ['attribute', 'pattern']},
        'country_languages': {'columns': ['country', 'language'], 'key': ['country']},
        'country_names': {'columns': ['country_key', 'country'], 'key': ['country_key']},
        'country_time_zones': {'columns': ['country', 'western_zone', 'eastern_zone'], 'key': ['country']},
        'language_names': {'columns': ['language_key', 'language'], 'key': ['language_key']},
        'identity_rules': {
            'columns': ['identifier_type', 'is_joining', 'guard', 'weight', 'reason_en', 'reason_zh'],
            'key': ['identifier_type'], 'types': {'is_joining': 'boolean', 'weight': 'integer'},
        },
    } %}
    {% for name in sluice.checked_seeds() %}
        {% set rules = sluice.seed_rules(name) %}
        {% do shapes.update({name: {'columns': rules['columns'], 'key': rules['key'] or (['kind', 'word'] if name == 'consent_words' else [])}}) %}
    {% endfor %}
    {{ return(shapes) }}
{% endmacro %}

{% macro seed_key(name, column, row) %}
    {% set text = 'cast(' ~ row ~ '.' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' %}
    {{ return(sluice.consent_word(text) if name == 'consent_words' and column == 'word' else 'lower(trim(' ~ text ~ '))') }}
{% endmacro %}

{# Whether the project has a seed or model my_<name> that is switched on. #}
{% macro has_rows_of_its_own(name) %}
    {% if execute %}{{ return(sluice.find_node('my_' ~ name) is not none) }}{% endif %}
    {% set root, kinds = builtins.ref.config.project_name, {'model': 'models', 'seed': 'seeds'} %}
    {% for file_id, file in builtins.ref.manifest.files.items() if file.parse_file_type in kinds and file_id.startswith(root ~ '://') %}
        {% if file_id.split('/')[-1].rsplit('.', 1)[0] == 'my_' ~ name and sluice.is_file_enabled(kinds, file, root, 'my_' ~ name) %}
            {{ return(true) }}
        {% endif %}
    {% endfor %}
    {{ return(false) }}
{% endmacro %}

{# Raises where the project's seed lacks a column, or dbt would read its ids as numbers: 0012 would be 12. #}
{% macro check_own_seed(name, wanted) %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set node = sluice.find_node('my_' ~ name) %}
    {% if node.resource_type == 'seed' and 'record_id' in wanted and 'record_id' not in (node.config.column_types or {}) %}
        {{ exceptions.raise_compiler_error(node.original_file_path ~ ': its ids would be read as numbers; write seeds: ' ~ node.package_name
            ~ ': my_' ~ name ~ ': +column_types: {record_id: varchar} in dbt_project.yml') }}
    {% endif %}
    {% set relation = sluice.existing_relation(node.name) %}
    {% set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list if relation is not none else wanted %}
    {% for column in wanted if column not in columns %}
        {{ exceptions.raise_compiler_error(node.original_file_path ~ ': the column ' ~ column ~ ' is missing; it needs ' ~ wanted | join(', ')) }}
    {% endfor %}
{% endmacro %}

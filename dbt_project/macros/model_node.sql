{# The node of a model or seed in the graph, by its name: of the project that dbt runs first, then of this package. None when there is none. #}
{% macro find_node(name) %}
    {% for package in [builtins.ref.config.project_name, 'sluice'] %}
        {% for kind in ['model', 'seed'] if kind ~ '.' ~ package ~ '.' ~ name in graph.get('nodes', {}) %}
            {{ return(graph.nodes[kind ~ '.' ~ package ~ '.' ~ name]) }}
        {% endfor %}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{# The table that earlier runs left of a model: no edge of the graph. None while dbt parses, in a unit test, in lint, and where there is none yet. #}
{% macro existing_relation(name) %}
    {% set node = sluice.find_node(name) if execute and not var('in_lint', false) %}
    {{ return(adapter.get_relation(node.database, node.schema, node.alias) if node else none) }}
{% endmacro %}

{# The same as is_incremental() sees it: none in a full refresh. For a model above the one that keeps the rows, to find what changed. #}
{% macro kept_table(name) %}
    {{ return(none if should_full_refresh() else sluice.existing_relation(name)) }}
{% endmacro %}

{#
    For a model that is made anew from what changed, which `name` above it holds: stops where that one is not built with it, and would still
    hold the changes of the run before, and nothing else.
#}
{% macro refuse_refresh_without(name) %}
    {% if execute and flags.WHICH in ('build', 'run') and graph.nodes and not is_incremental() %}
        {% if sluice.find_node(name).unique_id not in selected_resources %}
            {{ exceptions.raise_compiler_error(this.identifier ~ ' is made anew from all records: build ' ~ name ~ ' with it, by --select +'
                ~ this.identifier) }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# The YAML between `set` and `endset` at the top of a model: its rules as data, for the models that list them. #}
{% macro rules_of(name) %}
    {% if not execute %}{{ return({}) }}{% endif %}
    {% set text = sluice.find_node(name).raw_code %}
    {% set found = modules.re.search('[{]%-? *set \\w+ *-?%[}](.*?)[{]%-? *endset', text, modules.re.DOTALL) %}
    {{ return(fromyaml(found.group(1)) if found else {}) }}
{% endmacro %}

{# {name: `config.meta.<kind>` of its yml} of the models of a folder that have it; while dbt parses, the ymls are all there is. #}
{% macro metas(folder, prefix, kind) %}
    {% set found, names = {}, sluice.models_in(folder, prefix=prefix, with_broken=true) %}
    {% for name in names if execute and kind in sluice.find_node(name).config.meta %}
        {% do found.update({name: sluice.find_node(name).config.meta[kind]}) %}
    {% endfor %}
    {% for file_id, file in builtins.ref.manifest.files.items() if not execute and file.parse_file_type == 'schema' and sluice.is_joined(file_id.split('://')[0]) %}
        {% for entry in file.dict_from_yaml.get('models') or [] if entry.name in names %}
            {% set meta = (entry.config or {}).meta or entry.meta or {} %}
            {% if meta is mapping and meta[kind] is mapping %}{% do found.update({entry.name: meta[kind]}) %}{% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The yml `config.meta.<kind>` of a model. Where it is missing: `otherwise`, or a helpful error when there is none. #}
{% macro model_meta(name, kind, otherwise=none) %}
    {% if not execute %}{{ return({}) }}{% endif %}
    {% set meta = sluice.find_node(name).config.meta %}
    {% if kind not in meta and otherwise is not none %}{{ return(otherwise) }}{% endif %}
    {% if kind not in meta %}
        {{ exceptions.raise_compiler_error("model " ~ name ~ " has no config.meta." ~ kind ~ " in its yml: see docs/add.md") }}
    {% endif %}
    {{ return(meta[kind]) }}
{% endmacro %}

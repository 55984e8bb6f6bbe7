{# The node of a model or seed in the graph, by its name: of the project that dbt runs first, then of this package. None when there is none. #}
{% macro find_node(name) %}
    {% for package in [builtins.ref.config.project_name, 'sluice'] %}
        {% for kind in ['model', 'seed'] if kind ~ '.' ~ package ~ '.' ~ name in graph.get('nodes', {}) %}
            {{ return(graph.nodes[kind ~ '.' ~ package ~ '.' ~ name]) }}
        {% endfor %}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{# The YAML between `set` and `endset` at the top of a model: its rules as data, for the models that list them. #}
{% macro rules_of(name) %}
    {% if not execute %}{{ return({}) }}{% endif %}
    {% set text = sluice.find_node(name).raw_code %}
    {% set found = modules.re.search('[{]%-? *set \\w+ *-?%[}](.*?)[{]%-? *endset', text, modules.re.DOTALL) %}
    {{ return(fromyaml(found.group(1)) if found else {}) }}
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

{#
    Names of the models whose file lies in `folder` and whose name starts with `prefix` and ends with `suffix`, sorted.
    So a new file joins its union with no other edit, and ref() makes a real edge (docs/decisions/0002). While dbt parses, the
    list of files is all there is; afterwards the graph is read. Left out are staging folders not in var('sources'), and the models in
    var('broken'): `sluice run` names there what failed, and builds the rest (docs/decisions/0008).
#}
{% macro models_in(folder, prefix='', suffix='', with_broken=false) %}
    {% set names = [] %}
    {% set left_out = [] if with_broken else var('broken', []) %}
    {% for path in model_paths() %}
        {% set parts = path.split('/') %}
        {% set name = parts[-1][:-4] %}
        {% set is_on = folder != 'staging' or parts[2] in var('sources') %}
        {% if path.endswith('.sql') and parts[:2] == ['models', folder] and is_on and name.startswith(prefix) and name.endswith(suffix) and name not in names + left_out %}
            {% do names.append(name) %}
        {% endif %}
    {% endfor %}
    {{ return(names | sort) }}
{% endmacro %}

{# Names in var('broken') that start with `prefix`, without it. #}
{% macro broken_names(prefix) %}
    {% set names = [] %}
    {% for name in var('broken', []) if name.startswith(prefix) %}{% do names.append(name[prefix | length:]) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}

{# Paths of the project's models, "models/segments/seg_x.sql". #}
{% macro model_paths() %}
    {% set paths = [] %}
    {% if execute %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' %}{% do paths.append(node.original_file_path) %}{% endfor %}
    {% else %}
        {% for file_id in builtins.ref.manifest.files %}{% do paths.append(file_id.split('://')[-1]) %}{% endfor %}
    {% endif %}
    {{ return(paths) }}
{% endmacro %}

{# One `select * from` each, joined by union all. An empty list is an error that names the folder. #}
{% macro union_models(names, folder) %}
    {% if not names %}
        {{ exceptions.raise_compiler_error("no model to union in models/" ~ folder ~ "/: add one, or turn a source on in vars.sources") }}
    {% endif %}
    {% for name in names %}
    select * from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{% endmacro %}

{# A select of no row with texts, then keys (BIGINT), then more texts: what a union gives when there is nothing to union. #}
{% macro no_rows(texts, keys=[], more=[]) %}
    {% set columns = [] %}
    {% for name in texts %}{% do columns.append('cast(null as ' ~ dbt.type_string() ~ ') as ' ~ name) %}{% endfor %}
    {% for name in keys %}{% do columns.append('cast(null as bigint) as ' ~ name) %}{% endfor %}
    {% for name in more %}{% do columns.append('cast(null as ' ~ dbt.type_string() ~ ') as ' ~ name) %}{% endfor %}
    select {{ columns | join(', ') }} where 1 = 0
{% endmacro %}

{# The YAML between `set` and `endset` at the top of a model: its rules as data, for the models that list them. #}
{% macro rules_of(name) %}
    {% if not execute %}{{ return({}) }}{% endif %}
    {% set text = graph.nodes['model.' ~ project_name ~ '.' ~ name].raw_code %}
    {% set found = modules.re.search('[{]%-? *set \\w+ *-?%[}](.*?)[{]%-? *endset', text, modules.re.DOTALL) %}
    {{ return(fromyaml(found.group(1)) if found else {}) }}
{% endmacro %}

{# The yml `config.meta.<kind>` of a model. Where it is missing: `otherwise`, or a helpful error when there is none. #}
{% macro model_meta(name, kind, otherwise=none) %}
    {% if not execute %}{{ return({}) }}{% endif %}
    {% set node = graph.nodes['model.' ~ project_name ~ '.' ~ name] %}
    {% if kind not in node.config.meta and otherwise is not none %}{{ return(otherwise) }}{% endif %}
    {% if kind not in node.config.meta %}
        {{ exceptions.raise_compiler_error("model " ~ name ~ " has no config.meta." ~ kind ~ " in its yml: see docs/add.md") }}
    {% endif %}
    {{ return(node.config.meta[kind]) }}
{% endmacro %}

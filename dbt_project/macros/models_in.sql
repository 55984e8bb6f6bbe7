{#
    Names of the models whose file lies in `folder` and whose name starts with `prefix` and ends with `suffix`, sorted: of the project that
    dbt runs and of this package, the enabled ones. So a new file joins its union with no other edit, and ref() makes a real edge
    (docs/decisions/0002). Left out are staging folders not in var('sources'), and the models in var('broken'): `sluice run` names there
    what failed, and builds the rest (docs/decisions/0008).
#}
{% macro models_in(folder, prefix='', suffix='', with_broken=false) %}
    {% set names = [] %}
    {% set left_out = [] if with_broken else var('broken', []) %}
    {% for found in sluice.model_files(folder, prefix, suffix) if found.is_enabled and found.name not in names + left_out %}
        {% if folder != 'staging' or sluice.is_source_on(found) %}{% do names.append(found.name) %}{% endif %}
    {% endfor %}
    {{ return(names | sort) }}
{% endmacro %}

{# An empty var('sources') has every source on that is enabled. This package's own are on or off by dbt's +enabled alone. #}
{% macro is_source_on(found) %}
    {% set listed = var('sources', []) %}
    {{ return(not listed or found.package == 'sluice' or found.folders[1:2] | first in listed) }}
{% endmacro %}

{#
    The models of a folder, as {name, package, folders, path, is_enabled}. While dbt parses, the files are all there is, and is_enabled()
    says what dbt will make of them; afterwards the graph is read, which has the enabled ones alone.
#}
{% macro model_files(folder, prefix='', suffix='') %}
    {% set found = [] %}
    {% if execute %}
        {% for node in graph.get('nodes', {}).values() if node.resource_type == 'model' and node.name.startswith(prefix) and node.name.endswith(suffix) %}
            {% if node.fqn[1] == folder and sluice.is_joined(node.package_name) %}
                {% do found.append({
                    'name': node.name, 'package': node.package_name, 'folders': node.fqn[1:-1], 'path': node.original_file_path, 'is_enabled': true
                }) %}
            {% endif %}
        {% endfor %}
    {% else %}
        {% set in_yml = sluice.switches_in_yml('models') %}
        {% for file_id, file in builtins.ref.manifest.files.items() if file.parse_file_type == 'model' and file_id.endswith('.sql') %}
            {% set package, path = file_id.split('://')[0], file.path.relative_path.split('/') %}
            {% set name = path[-1][:-4] %}
            {% if path[0] == folder and name.startswith(prefix) and name.endswith(suffix) and sluice.is_joined(package) %}
                {% do found.append({
                    'name': name, 'package': package, 'folders': path[:-1], 'path': file_id.split('://')[1],
                    'is_enabled': sluice.is_enabled('models', package, path[:-1], name, file, in_yml)
                }) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{# Whether a package's models join ours: those of the project that dbt runs, and our own. #}
{% macro is_joined(package) %}
    {{ return(package in ('sluice', builtins.ref.config.project_name)) }}
{% endmacro %}

{# One `select * from` each, joined by union all. An empty list is an error that names the folder. #}
{% macro union_models(names, folder) %}
    {% if not names %}
        {{ exceptions.raise_compiler_error("no model to union in models/" ~ folder ~ "/: add one, or switch one on in dbt_project.yml") }}
    {% endif %}
    {% for name in names %}
    select * from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{% endmacro %}

{# Names in var('broken') that start with `prefix`, without it. #}
{% macro broken_names(prefix) %}
    {% set names = [] %}
    {% for name in var('broken', []) if name.startswith(prefix) %}{% do names.append(name[prefix | length:]) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}

{# A select of no row with texts, then keys (BIGINT), then more texts, then shares: what a union gives when there is nothing to union. #}
{% macro no_rows(texts, keys=[], more=[], shares=[], moments=[]) %}
    {% set columns = [] %}
    {% for name in texts %}{% do columns.append('cast(null as ' ~ dbt.type_string() ~ ') as ' ~ name) %}{% endfor %}
    {% for name in keys %}{% do columns.append('cast(null as bigint) as ' ~ name) %}{% endfor %}
    {% for name in more %}{% do columns.append('cast(null as ' ~ dbt.type_string() ~ ') as ' ~ name) %}{% endfor %}
    {% for name in shares %}{% do columns.append('cast(null as ' ~ sluice.type_double() ~ ') as ' ~ name) %}{% endfor %}
    {% for name in moments %}{% do columns.append('cast(null as timestamp) as ' ~ name) %}{% endfor %}
    select {{ columns | join(', ') }} where 1 = 0
{% endmacro %}

{#
    ref() of a model found by its name, in the project that dbt runs or in this package. It names the package: dbt warns of a package that refers
    to the project by chance. In a unit test there is no graph, and the name is enough.
#}
{% macro model_ref(name) %}
    {% set root, found = builtins.ref.config.project_name, [] %}
    {% if root == 'sluice' or (execute and not graph.nodes) %}{{ return(ref(name)) }}{% endif %}
    {% if execute %}
        {% set node = sluice.find_node(name) %}
        {{ return(ref(node.package_name, name) if node else ref(name)) }}
    {% endif %}
    {% for file_id in builtins.ref.manifest.files if file_id.startswith(root ~ '://') and file_id.split('/')[-1] in (name ~ '.sql', name ~ '.csv') %}
        {% do found.append(file_id) %}
    {% endfor %}
    {{ return(ref(root if found else 'sluice', name)) }}
{% endmacro %}

{#
    While dbt parses: a model or seed of the project with the name of one of ours that is switched on. ref() would take the one or the
    other, by who asks; so neither is taken, and nothing is built.
#}
{% macro refuse_taken_names() %}
    {% set root = builtins.ref.config.project_name %}
    {% if execute or root == 'sluice' %}{{ return('') }}{% endif %}
    {% set ours, kinds = {}, {'model': 'models', 'seed': 'seeds'} %}
    {% for file_id, file in builtins.ref.manifest.files.items() if file.parse_file_type in kinds and file_id.startswith('sluice://') %}
        {% do ours.update({file_id.split('/')[-1].rsplit('.', 1)[0]: file}) %}
    {% endfor %}
    {% for file_id, file in builtins.ref.manifest.files.items() if file.parse_file_type in kinds and file_id.startswith(root ~ '://') %}
        {% set name = file_id.split('/')[-1].rsplit('.', 1)[0] %}
        {% if name in ours and sluice.is_file_enabled(kinds, file, root, name) and sluice.is_file_enabled(kinds, ours[name], 'sluice', name) %}
            {% set levels = [kinds[ours[name].parse_file_type], 'sluice'] + ours[name].path.relative_path.split('/')[:-1] + [name, '+enabled: false'] %}
            {{ exceptions.raise_compiler_error('the name ' ~ name ~ ' is taken by the package sluice (' ~ ours[name].path.relative_path ~ '), and '
                ~ file_id.split('://')[1] ~ ' has it too: rename yours, or switch ours off in dbt_project.yml by ' ~ levels | join(': ')) }}
        {% endif %}
    {% endfor %}
{% endmacro %}

{% macro is_file_enabled(kinds, file, package, name) %}
    {{ return(sluice.is_enabled(kinds[file.parse_file_type], package, file.path.relative_path.split('/')[:-1], name, file, sluice.switches_in_yml(kinds[file.parse_file_type]))) }}
{% endmacro %}

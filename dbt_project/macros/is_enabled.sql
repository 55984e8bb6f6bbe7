{#
    Whether dbt will build a model or seed, while it still parses and its graph is not there yet. As dbt counts: `+enabled` of the
    dbt_project.yml beside the file, then `config.enabled` of its yml, then `enabled=` of config() in the file, and over all that the
    dbt_project.yml of the project that dbt runs. `in_yml` is switches_in_yml().
#}
{% macro is_enabled(kind, package, folders, name, file, in_yml) %}
    {% set root, fqn = builtins.ref.config, [package] + folders + [name] %}
    {% set found = [] %}
    {% if package != root.project_name %}{% do found.append(sluice.enabled_in(root[kind], fqn)) %}{% endif %}
    {% do found.append(sluice.enabled_in_file(file)) %}
    {% set in_own_yml = in_yml.get(package ~ '.' ~ name) %}
    {% do found.append(sluice.as_switch(in_own_yml) if in_own_yml is not none else none) %}
    {% set own = root if package == root.project_name else root.load_dependencies()[package] %}
    {% do found.append(sluice.enabled_in(own[kind], fqn)) %}
    {{ return(found | reject('none') | first | default(true)) }}
{% endmacro %}

{# `+enabled` of the deepest level of a dbt_project.yml that a file lies under; none where no level has one. #}
{% macro enabled_in(tree, fqn) %}
    {% set at = namespace(level=tree, value=none) %}
    {% for step in [none] + fqn if at.level is mapping %}
        {% if step is not none %}{% set at.level = at.level.get(step) %}{% endif %}
        {% if at.level is mapping %}
            {% for key in ['enabled', '+enabled'] if at.level.get(key) is not none and at.level.get(key) is not mapping %}
                {% set at.value = sluice.as_switch(at.level[key]) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {{ return(at.value) }}
{% endmacro %}

{# {package.name: config.enabled} of the models or seeds whose yml says so. #}
{% macro switches_in_yml(kind) %}
    {% set found = {} %}
    {% for file_id, file in builtins.ref.manifest.files.items() if file.parse_file_type == 'schema' %}
        {% for entry in file.dict_from_yaml.get(kind) or [] if entry.config and entry.config.get('enabled') is not none %}
            {% do found.update({file_id.split('://')[0] ~ '.' ~ entry.name: entry.config.enabled}) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# `enabled=` of config() in a .sql; none where it has none. #}
{% macro enabled_in_file(file) %}
    {% set call = modules.re.search('[{][{]-?\\s*config\\((.*?)\\)\\s*-?[}][}]', file.contents or '', modules.re.DOTALL) %}
    {% set given = modules.re.search('\\benabled\\s*=\\s*(.+?)\\s*(,\\s*\\w+\\s*=|$)', call.group(1), modules.re.DOTALL) if call %}
    {{ return(sluice.as_switch('{{ ' ~ given.group(1).rstrip(', \n') ~ ' }}') if given else none) }}
{% endmacro %}

{# true or false, of a value of YAML or a text of Jinja. #}
{% macro as_switch(value) %}
    {% set text = render(value) if value is string and '{{' in value else value %}
    {{ return(text | string | lower | trim in ('true', 'yes', 'on', '1')) }}
{% endmacro %}

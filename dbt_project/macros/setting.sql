{#
    A var of dbt_project.yml, wherever it is asked for: in a model of the project that dbt runs, dbt itself does not look into the vars of
    this package. The project's value counts, under vars or vars.sluice; else ours.
#}
{% macro setting(name) %}
    {% if var.has_var(name) %}{{ return(var(name)) }}{% endif %}
    {% set root = builtins.ref.config %}
    {% set scoped = root.vars.to_dict().get('sluice') or {} %}
    {% set own = root if root.project_name == 'sluice' else root.load_dependencies()['sluice'] %}
    {{ return(scoped[name] if name in scoped else own.vars.to_dict()[name]) }}
{% endmacro %}

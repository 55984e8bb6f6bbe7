{#
    A number that changes when a macro under one of `folders` does. Kept rows of an incremental model that carry it are made anew
    after their rules were edited, without anybody having to remember --full-refresh.
#}
{% macro code_fingerprint(folders) -%}
    {% set texts = [] %}
    {% for macro in builtins.ref.manifest.macros.values() if macro.package_name == 'sluice' %}
        {% for folder in folders if macro.original_file_path.startswith('macros/' ~ folder ~ '/') %}
            {% do texts.append(macro.unique_id ~ macro.macro_sql) %}
        {% endfor %}
    {% endfor %}
    {{ return(local_md5(texts | sort | join('') )) }}
{%- endmacro %}

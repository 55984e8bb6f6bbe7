{#
    A number as SQL; null for none, for what is not defined, and for what is no number or too large for an INTEGER, as a yml may have it: the
    tables of settings hold all campaigns and cards, and one slip must not stop the others. `wide`: any number a DOUBLE can hold.
#}
{% macro number_or_null(value, wide=false) -%}
    {%- set pattern = '[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]{1,3})?' if wide else '[+-]?[0-9]{1,9}([.][0-9]+)?([eE]-[0-9]{1,2})?' -%}
    {%- set text = '' if value is none or value is not defined or value is boolean else value | string | trim -%}
    {{ text if modules.re.fullmatch(pattern, text) else 'null' }}
{%- endmacro %}

{# Whether the moment of the run is so many hours after another or more: the number may be a column. Null where either is. #}
{% macro is_hours_ago(moment, hours) -%}
    ({{ sluice.epoch_seconds(sluice.as_of()) }} - {{ sluice.epoch_seconds(moment) }} >= {{ hours }} * 3600)
{%- endmacro %}

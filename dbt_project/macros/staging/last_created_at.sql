{# as_of(), for a record's created_at that is compared with it: by int_record_times, so that a day without a new record changes nothing of what asks. #}
{% macro last_created_at() -%}
    {%- if sluice.asks_for_moment() -%}{{ sluice.as_of() }}{%- else -%}(select last_created_at from {{ ref('int_record_times') }}){%- endif -%}
{%- endmacro %}

{# as_of(), for a moment of consent that is compared with it: by int_consent_times, so that a day on which nobody said anything changes nothing of what asks. #}
{% macro last_moment() -%}
    {%- if sluice.asks_for_moment() -%}{{ sluice.as_of() }}{%- else -%}(select last_moment from {{ ref('int_consent_times') }}){%- endif -%}
{%- endmacro %}

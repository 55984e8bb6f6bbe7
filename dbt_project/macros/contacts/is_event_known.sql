{# A condition on int_events: known by as_of(). It does not name as_of(), so that a day without events changes nothing of what asks by it. #}
{% macro is_event_known() -%}
    {%- if sluice.asks_for_moment() -%}
    recorded_at <= {{ sluice.as_of() }} and occurred_at <= {{ sluice.as_of() }}
    {%- else -%}
    recorded_at <= (select last_recorded_at from {{ ref('int_event_times') }})
    and occurred_at <= (select last_occurred_at from {{ ref('int_event_times') }})
    {%- endif -%}
{%- endmacro %}

{# Whether what is built is thrown away soon: in a pass of the fast lane, or in a back-test. #}
{% macro is_for_one_use() %}{{ return(var('touched_alone', false) or var('backtest', {}) | length > 0) }}{% endmacro %}

{# Whether a condition names as_of() itself: also in a unit test, which gives the rows of each ref. #}
{% macro asks_for_moment() %}{{ return(sluice.is_for_one_use() or (execute and not graph.nodes)) }}{% endmacro %}

{# Why a customer e is expected to order as often as it is, in words. #}
{% macro expected_purchases_reason(language, weeks) -%}
    {% set repeats = "cast(cast(e.repeat_count as integer) as " ~ dbt.type_string() ~ ")" %}
    {% set silence = "cast(cast(floor(e.age_weeks - e.recency_weeks) as integer) as " ~ dbt.type_string() ~ ")" %}
    {% set orders = "cast(cast(e.expected_orders as decimal(18, 1)) as " ~ dbt.type_string() ~ ")" %}
    {% set known = "cast(cast(floor(e.known_weeks) as integer) as " ~ dbt.type_string() ~ ")" %}
    {% set came_back = "cast(cast(e.known_repeats as integer) as " ~ dbt.type_string() ~ ")" %}
    {% if language == 'zh' -%}
    case when e.expected_orders is null
        then '订单历史太短：已知 ' || {{ known }} || ' 周、' || {{ came_back }} || ' 次复购；预测 {{ weeks }} 周至少需要 {{ (weeks / 2) | round(0, 'ceil') | int }} 周和 5 次复购'
    else
    case when e.repeat_count = 0 then '尚未复购' else '已复购 ' || {{ repeats }} || ' 次' end
    || '，距上次下单 ' || {{ silence }} || ' 周'
    || case when e.p_alive < 0.5 then '，可能已流失' else '' end
    || '：预计未来 {{ weeks }} 周下单 ' || {{ orders }} || ' 次'
    end
    {%- else -%}
    case when e.expected_orders is null
        then 'the order history is too short: ' || {{ known }} || ' weeks and ' || {{ came_back }}
            || ' repeat orders; {{ weeks }} weeks ahead take {{ (weeks / 2) | round(0, 'ceil') | int }} weeks and 5 repeat orders'
    else
    case when e.repeat_count = 0 then 'has not come back yet' when e.repeat_count = 1 then 'came back once' else 'came back ' || {{ repeats }} || ' times' end
    || ', last order ' || {{ silence }} || ' weeks ago'
    || case when e.p_alive < 0.5 then ', probably gone' else '' end
    || ': ' || {{ orders }} || ' orders expected in {{ weeks }} weeks'
    end
    {%- endif %}
{%- endmacro %}

{# Rules: [in English, in Chinese, unit in both languages, the wrong side of the limit in both]. #}
{% set words = {
    'open_rate': ['Open rate of', '打开率：', ' %', ' %', 'below', '低于'],
    'bounce_rate': ['Bounce rate of', '退回率：', ' %', ' %', 'above', '高于'],
    'complaint_rate': ['Complaint rate of', '投诉率：', ' %', ' %', 'above', '高于'],
    'follow_up_rate': ['Follow-up in time by', '跟进及时率：', ' %', ' %', 'below', '低于'],
    'score_age': ['No change in the score', '评分未更新：', ' days', ' 天', 'above', '超过'],
    'source_age': ['Nothing new from the source', '数据源未更新：', ' days', ' 天', 'above', '超过'],
} %}
{% set text = dbt.type_string() %}

with numbers as (
    select
        *,
        case when rule in ('open_rate', 'bounce_rate', 'complaint_rate', 'follow_up_rate') then 100 else 1 end as factor
    from {{ ref('rpt_alert_checks') }}
    where is_breached
),

texts as (
    select
        *,
        cast(cast(measured * factor as decimal(18, 2)) as {{ text }}) as measured_text,
        cast(cast(limit_value * factor as decimal(18, 2)) as {{ text }}) as limit_text
    from numbers
),

final as (
    select
        rule,
        subject,
        case rule
            {% for rule, row in words.items() %}
            when '{{ rule }}'
                then concat('{{ row[0] }} ', subject, ': ', measured_text, '{{ row[2] }}, {{ row[4] }} ', limit_text, '{{ row[2] }}')
            {% endfor %}
        end as alert_en,
        case rule
            {% for rule, row in words.items() %}
            when '{{ rule }}'
                then concat('{{ row[1] }}', subject, ' ', measured_text, '{{ row[3] }}，{{ row[5] }} ', limit_text, '{{ row[3] }}')
            {% endfor %}
        end as alert_zh,
        measured,
        limit_value,
        counted,
        owner
    from texts
)

select * from final

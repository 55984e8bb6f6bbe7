{# Metrics of rpt_metrics: [name in English, in Chinese, whether less is better]. #}
{% set metrics = {
    'leads': ['New leads', '新线索', false], 'mqls': ['New MQLs', '新增 MQL', false], 'sqls': ['New SQLs', '新增 SQL', false],
    'customers': ['New customers', '新客户', false], 'orders': ['Orders', '订单数', false], 'revenue': ['Revenue', '收入', false],
    'messages_sent': ['Messages sent', '发送量', false], 'form_to_mql_rate': ['Form to MQL', '表单→MQL 转化率', false],
    'mql_to_sql_rate': ['MQL to SQL', 'MQL→SQL 转化率', false], 'lead_to_customer_rate': ['Lead to customer', '线索→客户转化率', false],
    'repurchase_rate': ['Repurchase rate', '复购率', false], 'open_rate': ['Open rate', '打开率', false], 'click_rate': ['Click rate', '点击率', false],
    'conversion_rate': ['Conversion rate', '转化率', false], 'bounce_rate': ['Bounce rate', '退回率', true],
    'unsubscribe_rate': ['Unsubscribe rate', '退订率', true], 'complaint_rate': ['Complaint rate', '投诉率', true],
} %}
{% set today = 'cast(' ~ sluice.from_utc(sluice.as_of(), var('time_zone')) ~ ' as date)' %}
{% set kept = ['campaign', 'period_start', 'period_end', 'target', 'owner', 'cause_en', 'cause_zh', 'action_en', 'action_zh', 'due_date'] %}

with metrics as (
    {% for metric, (en, zh, is_less_better) in metrics.items() %}
    select '{{ metric }}' as metric, '{{ en }}' as label_en, '{{ zh }}' as label_zh, {{ is_less_better | lower }} as is_less_better,
        {{ (not metric.endswith('_rate')) | lower }} as is_count
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

targets as (
    {{ sluice.seed_rows('targets') }}
),

-- whether it was ever measured: a count that was, and is of no row in the period, is 0 there
known_metrics as (
    select metric, campaign from {{ ref('rpt_metrics') }}
    union
    select metric, cast(null as {{ dbt.type_string() }}) as campaign from {{ ref('rpt_metrics') }}
),

measure as (
    select
        t.metric,
        t.{{ kept | join(', t.') }},
        count(m.metric) as day_count,
        count(distinct m.currency) as currency_count,
        sum(m.numerator) as numerator,
        sum(m.denominator) as denominator
    from targets as t
    left join {{ ref('rpt_metrics') }} as m
        on t.metric = m.metric and (t.campaign is null or t.campaign = m.campaign)
        and m.metric_date between cast(t.period_start as date) and cast(t.period_end as date)
    group by t.metric, t.{{ kept | join(', t.') }}
),

explain as (
    select
        m.*,
        k.label_en,
        k.label_zh,
        k.is_less_better,
        case
            when k.metric is null then 'no_such_metric'
            when m.period_end < m.period_start then 'ends_before_it_starts'
            when cast(m.period_start as date) > {{ today }} then 'not_begun'
            when m.currency_count > 1 then 'several_currencies'
            when m.denominator = 0 or (m.day_count = 0 and not (k.is_count and w.metric is not null)) then 'nothing_to_measure'
        end as note
    from measure as m
    left join metrics as k on m.metric = k.metric
    left join known_metrics as w on m.metric = w.metric and coalesce(m.campaign, '') = coalesce(w.campaign, '')
),

compare as (
    select *, case when note is null then coalesce(numerator, 0) / coalesce(denominator, 1) end as actual from explain
),

final as (
    select
        metric,
        coalesce(label_en, metric) as label_en,
        coalesce(label_zh, metric) as label_zh,
        campaign,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        target,
        actual,
        actual - target as difference,
        case when is_less_better then actual <= target else actual >= target end as is_reached,
        cast(period_end as date) < {{ today }} as is_over,
        owner,
        cause_en,
        cause_zh,
        action_en,
        action_zh,
        cast(due_date as date) as due_date,
        note
    from compare
)

select * from final

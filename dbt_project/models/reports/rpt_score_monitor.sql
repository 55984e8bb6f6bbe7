{% set double, text = sluice.type_double(), dbt.type_string() %}
with inputs as (
    select * from {{ ref('rpt_score_inputs') }}
),

trainings as (
    select * from {{ ref('int_score_trainings') }}
),

sum_outcomes as (
    select
        score_model,
        sum(contact_count) as contact_count,
        cast(sum(outcome_count) as {{ double }}) / sum(contact_count) as seen_rate,
        sum(contact_count * expected_rate) / sum(contact_count) as expected_rate,
        sqrt(sum(contact_count * expected_rate * (1 - expected_rate))) / sum(contact_count) as standard_error
    from {{ ref('rpt_score_calibration') }}
    group by score_model
),

measures as (
    select
        score_model,
        case when input = 'total' then 'score_drift' else 'input_drift' end as measure,
        input,
        psi as figure,
        cast(null as {{ double }}) as expected,
        psi_bar as bar,
        coalesce(psi >= psi_bar, false) as is_over
    from inputs
    union all
    -- five of a hundred, and no handful; days_known grows by itself
    select
        score_model,
        'outside_range' as measure,
        input,
        outside_share as figure,
        null as expected,
        0.05 as bar,
        coalesce(outside_share >= 0.05 and outside_count >= 10, false) as is_over
    from inputs
    where outside_count is not null and input not in ('total', 'days_known')
    union all
    -- a fifth of what was expected, and three standard errors
    select
        t.score_model,
        'calibration' as measure,
        'total' as input,
        o.seen_rate as figure,
        o.expected_rate as expected,
        greatest(0.2 * o.expected_rate, 3 * o.standard_error) as bar,
        coalesce(abs(o.seen_rate - o.expected_rate) > greatest(0.2 * o.expected_rate, 3 * o.standard_error), false) as is_over
    from trainings as t
    left join sum_outcomes as o on t.score_model = o.score_model
),

worded as (
    select
        m.*,
        t.target,
        'sluice scores fit ' || m.score_model || ' --target ' || t.target as fit_again,
        cast(cast(m.figure as decimal(18, 2)) as {{ text }}) as psi_text,
        cast(cast(m.bar as decimal(18, 2)) as {{ text }}) as bar_text,
        cast(cast(100 * m.figure as decimal(18, 1)) as {{ text }}) || ' %' as share_text,
        cast(cast(100 * m.expected as decimal(18, 1)) as {{ text }}) || ' %' as expected_text,
        cast(t.horizon_days as {{ text }}) as days_text
    from measures as m
    inner join trainings as t on m.score_model = t.score_model
),

final as (
    select
        score_model,
        measure,
        input,
        {{ sluice.rounded('figure', 4) }} as figure,
        {{ sluice.rounded('expected', 4) }} as expected,
        {{ sluice.rounded('bar', 4) }} as bar,
        is_over,
        case
            when measure = 'calibration' and figure is null
                then 'Outcomes are not known yet: the rules need to be in use for ' || days_text || ' days.'
            when not is_over then 'As when the rules were fitted.'
            when measure = 'input_drift'
                then 'Contacts differ in ' || input || ' from those the rules were fitted on (PSI ' || psi_text || ', bar ' || bar_text
                    || '): see whether the source of it changed; if it stays so, ' || fit_again
            when measure = 'score_drift'
                then 'Scores are distributed otherwise than at the fit (PSI ' || psi_text || ', bar ' || bar_text
                    || '): bands hold other shares of contacts; see rpt_score_inputs for the input, then ' || fit_again
            when measure = 'outside_range'
                then share_text || ' of the contacts have a ' || input || ' that the rules were not fitted on; they get the points of the nearest'
                    || ' inner bin: ' || fit_again
            else 'Of the contacts scored ' || days_text || ' days ago ' || share_text || ' had ' || target || ', and ' || expected_text
                || ' were expected: sluice scores recalibrate ' || score_model
        end as sentence_en,
        case
            when measure = 'calibration' and figure is null then '结果尚未可知：规则需先使用满 ' || days_text || ' 天。'
            when not is_over then '与训练时一致。'
            when measure = 'input_drift'
                then input || ' 的分布与训练时不同（PSI ' || psi_text || '，警戒线 ' || bar_text || '）：请检查数据来源；若持续如此，请运行 ' || fit_again
            when measure = 'score_drift'
                then '评分分布与训练时不同（PSI ' || psi_text || '，警戒线 ' || bar_text || '）：各分段占比已变；请查看 rpt_score_inputs，然后运行 ' || fit_again
            when measure = 'outside_range'
                then share_text || ' 的联系人 ' || input || ' 超出训练范围，按最近的内侧区间计分：请运行 ' || fit_again
            else days_text || ' 天前评分的联系人中 ' || share_text || ' 达成 ' || target || '，预期为 ' || expected_text
                || '：请运行 sluice scores recalibrate ' || score_model
        end as sentence_zh
    from worded
)

select * from final

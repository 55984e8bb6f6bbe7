{# Steps: [name in English, in Chinese, what it counts in English, in Chinese, the condition]. #}
{% set steps = [
    ['acquisition', 'Acquisition', '获取', 'First known in the month', '当月首次建立联系', 'true'],
    ['activation', 'Activation', '激活', 'Of them did something of activation_events', '其中有过首次使用行为（activation_events）', 'activated_at is not null'],
    ['retention', 'Retention', '留存', 'Of them active 30 days after they were known or later', '其中建立联系 30 天后仍活跃', 'is_retained'],
    ['revenue', 'Revenue', '收入', 'Of them ordered or became customers', '其中下单或成为客户', 'customer_at is not null'],
    ['referral', 'Referral', '推荐', 'Of them brought another contact by a share link', '其中通过分享链接带来新联系人', 'referred_at is not null'],
] %}

with contacts as (
    select
        *,
        cast(date_trunc('month', {{ sluice.from_utc('known_at', var('time_zone')) }}) as date) as cohort_month,
        last_active_at >= known_at + interval '30' day as is_retained
    from {{ ref('int_contact_milestones') }}
),

count_cohorts as (
    select
        cohort_month,
        max(known_at) as last_known_at,
        count(*) as acquired_count,
        {% for step in steps %}
        count(case when {{ step[5] }} then 1 end) as {{ step[0] }}_count{{ ',' if not loop.last }}
        {% endfor %}
    from contacts
    where cohort_month > cast({{ sluice.days_before(366) }} as date) -- whole months, as of costs
    group by cohort_month
),

explain as (
    {% for step in steps %}
    select
        cohort_month,
        {{ loop.index }} as step_rank,
        '{{ step[0] }}' as step,
        '{{ step[1] }}' as label_en,
        '{{ step[2] }}' as label_zh,
        '{{ step[3] }}' as definition_en,
        '{{ step[4] }}' as definition_zh,
        acquired_count,
        {{ step[0] }}_count as step_count,
        {% if step[0] == 'retention' %}
        case when last_known_at > {{ sluice.days_before(30) }} then 'too_early' end as note
        {% elif step[0] == 'referral' %}
        case when sum(referral_count) over () = 0 then 'not_measured' end as note
        {% else %}
        cast(null as {{ dbt.type_string() }}) as note
        {% endif %}
    from count_cohorts
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        cohort_month,
        step_rank,
        step,
        label_en,
        label_zh,
        definition_en,
        definition_zh,
        case when note is null then step_count end as contact_count,
        case when note is null then step_count / cast(acquired_count as {{ sluice.type_double() }}) end as share,
        note
    from explain
)

select * from final

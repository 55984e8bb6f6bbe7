{% set counts = ['planned', 'held_back', 'sent', 'delivered', 'bounced', 'opened', 'clicked', 'replied', 'converted', 'unsubscribed', 'complained'] %}
{% set double = sluice.type_double() | trim %}

with sum_months as (
    select
        channel,
        cast(date_trunc('month', planned_date) as date) as month,
        {% for count in counts %}
        cast(sum({{ count }}_count) as bigint) as {{ count }}_count,
        {% endfor %}
        -- opens are a part of the mail whose opens are reported at all
        cast(sum(case when opened_count is not null then delivered_count end) as {{ double }}) as measured_count,
        sum(revenue) as revenue,
        count(distinct currency) as currency_count,
        min(currency) as currency
    from {{ ref('rpt_message_funnel') }}
    group by channel, cast(date_trunc('month', planned_date) as date)
),

final as (
    select
        channel,
        month,
        {% for count in counts %}
        {{ count }}_count,
        {% endfor %}
        case when currency_count = 1 and currency <> 'several' then revenue end as revenue,
        case when currency_count > 1 then 'several' else currency end as currency,
        bounced_count / nullif(cast(sent_count as {{ double }}), 0) as bounce_rate,
        opened_count / nullif(measured_count, 0) as open_rate,
        clicked_count / nullif(measured_count, 0) as click_rate,
        converted_count / nullif(cast(delivered_count as {{ double }}), 0) as conversion_rate,
        unsubscribed_count / nullif(cast(delivered_count as {{ double }}), 0) as unsubscribe_rate,
        complained_count / nullif(cast(delivered_count as {{ double }}), 0) as complaint_rate
    from sum_months
)

select * from final

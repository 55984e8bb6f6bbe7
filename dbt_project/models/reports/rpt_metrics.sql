{#
    The metrics of people: {name: [the moment that decides the day, the condition that counts, the milestone it needs]}; a number of people has
    no condition, and a rate of a milestone that nobody has reached is not measured.
    Those of messages: {name: [column that counts, column it is a part of]}.
#}
{% set of_people = {
    'leads': ['known_at', none, none], 'mqls': ['mql_at', none, none], 'sqls': ['sql_at', none, none],
    'customers': ['customer_at', none, none],
    'form_to_mql_rate': ['form_at', 'mql_at >= form_at', 'mql_at'], 'mql_to_sql_rate': ['mql_at', 'sql_at >= mql_at', 'sql_at'],
    'lead_to_customer_rate': ['known_at', 'customer_at >= known_at', 'customer_at'],
    'repurchase_rate': ['first_order_at', 'order_count >= 2', none],
} %}
{% set of_messages = {
    'messages_sent': ['sent_count', none], 'bounce_rate': ['bounced_count', 'sent_count'], 'open_rate': ['opened_count', 'delivered_count'],
    'click_rate': ['clicked_count', 'delivered_count'], 'conversion_rate': ['converted_count', 'delivered_count'],
    'unsubscribe_rate': ['unsubscribed_count', 'delivered_count'], 'complaint_rate': ['complained_count', 'delivered_count'],
} %}
{% set zone = var('time_zone') %}

with conversions as (
    select distinct conversion_key, cast({{ sluice.from_utc('converted_at', zone) }} as date) as converted_date, amount, currency
    from {{ ref('rpt_attribution') }}
),

measures as (
    {% for metric, (moment, condition, milestone) in of_people.items() %}
    select
        '{{ metric }}' as metric,
        cast(null as {{ dbt.type_string() }}) as campaign,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast({{ sluice.from_utc(moment, zone) }} as date) as metric_date,
        cast({% if condition %}case when {{ condition }} then 1 else 0 end{% else %}1{% endif %} as {{ sluice.type_double() }}) as numerator,
        cast({{ 1 if condition else 'null' }} as {{ sluice.type_double() }}) as denominator
    from {{ ref('int_contact_milestones') }}
    where {{ moment }} is not null
    {% if milestone %}
        and exists (select 1 from {{ ref('int_contact_milestones') }} as reached where reached.{{ milestone }} is not null)
    {% endif %}
    union all
    {% endfor %}
    {% for metric, (counted, part_of) in of_messages.items() %}
    select
        '{{ metric }}' as metric,
        campaign,
        null as currency,
        planned_date as metric_date,
        {{ counted }} as numerator,
        {{ part_of or 'null' }} as denominator
    from {{ ref('rpt_message_funnel') }}
    where sent_count > 0 and {{ counted }} is not null
    union all
    {% endfor %}
    select 'orders' as metric, null as campaign, null as currency, converted_date as metric_date, 1 as numerator, null as denominator
    from conversions
    union all
    select 'revenue' as metric, null as campaign, currency, converted_date as metric_date, amount as numerator, null as denominator
    from conversions
    where amount is not null
),

final as (
    select
        metric,
        campaign,
        currency,
        metric_date,
        cast(sum(numerator) as {{ sluice.type_double() }}) as numerator,
        cast(sum(denominator) as {{ sluice.type_double() }}) as denominator
    from measures
    group by metric, campaign, currency, metric_date
)

select * from final

{% set rules = ['first', 'last', 'linear', 'time_decay'] %}

with credits as (
    select
        channel,
        touch_source,
        campaign,
        currency,
        count(distinct conversion_key) as conversion_count,
        {% for rule in rules %}
        cast(sum({{ rule }}_credit) as {{ sluice.type_double() }}) as {{ rule }}_conversions,
        sum({{ rule }}_credit * coalesce(amount, 0)) as {{ rule }}_revenue{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('rpt_attribution') }}
    group by channel, touch_source, campaign, currency
),

firsts as (
    select first_channel as channel, first_source as touch_source, first_campaign as campaign, count(*) as contact_count
    from {{ ref('contact_attribution') }}
    group by first_channel, first_source, first_campaign
),

list_sources as (
    select channel, touch_source, campaign, currency from credits
    union
    -- a source that brought people and no conversion is none of a currency
    select f.channel, f.touch_source, f.campaign, null as currency
    from firsts as f
    left join credits as c
        on f.channel = c.channel and f.touch_source = c.touch_source and coalesce(f.campaign, '') = coalesce(c.campaign, '')
    where c.channel is null
),

final as (
    select
        s.channel,
        s.touch_source,
        s.campaign,
        s.currency,
        coalesce(f.contact_count, 0) as contact_count,
        coalesce(c.conversion_count, 0) as conversion_count,
        {% for rule in rules %}
        coalesce(c.{{ rule }}_conversions, 0) as {{ rule }}_conversions,
        coalesce(c.{{ rule }}_revenue, 0) as {{ rule }}_revenue{{ ',' if not loop.last }}
        {% endfor %}
    from list_sources as s
    left join credits as c
        on s.channel = c.channel and coalesce(s.touch_source, '') = coalesce(c.touch_source, '')
        and coalesce(s.campaign, '') = coalesce(c.campaign, '') and coalesce(s.currency, '') = coalesce(c.currency, '')
    left join firsts as f
        on s.channel = f.channel and s.touch_source = f.touch_source and coalesce(s.campaign, '') = coalesce(f.campaign, '')
)

select * from final

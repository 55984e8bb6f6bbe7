with journey_nodes as (
    {% for message in sluice.journey_messages(with_broken=true) %}
    select
        '{{ message.campaign }}' as campaign,
        '{{ message.journey }}' as journey,
        cast({{ message.version }} as integer) as journey_version,
        '{{ message.node }}' as node
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select campaign, journey, cast(journey_version as integer) as journey_version, node
    from ({{ sluice.no_rows(['campaign', 'journey', 'node'], keys=['journey_version']) }}) as no_journey
    {% endfor %}
),

count_messages as (
    select
        p.campaign,
        p.variant,
        p.template,
        p.channel,
        p.purpose,
        cast({{ sluice.from_utc('p.planned_at', var('time_zone')) }} as date) as planned_date,
        count(*) as planned_count,
        sum(case when p.is_sent then 0 else 1 end) as held_back_count,
        sum(case when p.is_sent then 1 else 0 end) as sent_count,
        sum(case when p.is_sent and p.is_bounced = 0 then 1 else 0 end) as delivered_count,
        sum(case when p.is_sent then p.is_bounced else 0 end) as bounced_count,
        sum(a.is_tracked) as tracked_count,
        sum(a.is_opened) as opened_count,
        sum(a.is_clicked) as clicked_count,
        sum(a.is_replied) as replied_count,
        sum(a.is_converted) as converted_count,
        sum(a.is_unsubscribed) as unsubscribed_count,
        sum(a.is_complained) as complained_count,
        sum(a.revenue) as revenue,
        case when count(distinct a.currency) > 1 then 'several' else min(a.currency) end as currency
    from {{ ref('int_messages_planned') }} as p
    left join {{ ref('int_message_answers') }} as a on p.message_id = a.message_id
    group by p.campaign, p.variant, p.template, p.channel, p.purpose, cast({{ sluice.from_utc('p.planned_at', var('time_zone')) }} as date)
),

hide_unmeasured as (
    -- a campaign of which no open was ever reported was not measured: no zero for it
    select *, case when sum(tracked_count) over (partition by campaign, channel) > 0 then 1 end as is_measured
    from count_messages
),

final as (
    select
        m.campaign,
        m.variant,
        j.journey,
        j.journey_version,
        j.node,
        m.template,
        m.channel,
        m.purpose,
        m.planned_date,
        m.planned_count,
        cast(m.held_back_count as bigint) as held_back_count,
        cast(m.sent_count as bigint) as sent_count,
        cast(m.delivered_count as bigint) as delivered_count,
        cast(m.bounced_count as bigint) as bounced_count,
        cast(m.opened_count * m.is_measured as bigint) as opened_count,
        cast(m.clicked_count * m.is_measured as bigint) as clicked_count,
        cast(m.replied_count as bigint) as replied_count,
        cast(m.converted_count as bigint) as converted_count,
        cast(m.unsubscribed_count as bigint) as unsubscribed_count,
        cast(m.complained_count as bigint) as complained_count,
        cast(case when m.currency <> 'several' then m.revenue end as {{ sluice.type_double() }}) as revenue,
        m.currency,
        {% set double = sluice.type_double() | trim %}
        cast(m.bounced_count as {{ double }}) / nullif(m.sent_count, 0) as bounce_rate,
        cast(m.opened_count * m.is_measured as {{ double }}) / nullif(m.delivered_count, 0) as open_rate,
        cast(m.clicked_count * m.is_measured as {{ double }}) / nullif(m.delivered_count, 0) as click_rate,
        cast(m.converted_count as {{ double }}) / nullif(m.delivered_count, 0) as conversion_rate,
        cast(m.unsubscribed_count as {{ double }}) / nullif(m.delivered_count, 0) as unsubscribe_rate,
        cast(m.complained_count as {{ double }}) / nullif(m.delivered_count, 0) as complaint_rate
    from hide_unmeasured as m
    left join journey_nodes as j on m.campaign = j.campaign
)

select * from final

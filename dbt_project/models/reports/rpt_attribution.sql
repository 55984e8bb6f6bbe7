with conversions as (
    select
        event_key,
        contact_id,
        occurred_at as converted_at,
        currency,
        case when abs(amount) < 1e12 then cast(amount as decimal(18, 4)) end as amount
    from {{ ref('contact_events') }}
    where not is_machine and event_type in ({{ sluice.text_literals(var('conversion_events')) }})
),

touches as (
    select
        c.event_key,
        c.converted_at,
        t.event_key as touch_event_key,
        t.touched_at,
        t.channel,
        t.touch_source,
        t.campaign,
        power(
            cast(0.5 as {{ sluice.type_double() }}),
            ({{ sluice.epoch_seconds('c.converted_at') }} - {{ sluice.epoch_seconds('t.touched_at') }})
            / cast(86400 * {{ var('attribution_half_life_days') }} as {{ sluice.type_double() }})
        ) as decay,
        row_number() over (partition by c.event_key order by t.touched_at asc, t.event_key asc) as first_rank,
        -- a direct visit is the last touch only where there is no other
        row_number() over (
            partition by c.event_key order by case when t.channel = 'direct' then 1 else 0 end asc, t.touched_at desc, t.event_key asc
        ) as last_rank
    from conversions as c
    inner join {{ ref('contact_touches') }} as t
        on c.contact_id = t.contact_id and c.converted_at >= t.touched_at
        and c.converted_at - interval '{{ var("attribution_days") | int }}' day < t.touched_at
),

weigh_touches as (
    select
        *,
        count(*) over (partition by event_key) as touch_count,
        decay / sum(decay) over (partition by event_key) as decay_credit
    from touches
),

final as (
    select
        c.event_key as conversion_key,
        t.touch_event_key,
        c.contact_id,
        c.converted_at,
        t.touched_at,
        -- a conversion without a touch keeps its revenue in a row of its own
        coalesce(t.channel, 'none') as channel,
        t.touch_source,
        t.campaign,
        coalesce(t.touch_count, 0) as touch_count,
        case when coalesce(t.first_rank, 1) = 1 then 1 else 0 end as first_credit,
        case when coalesce(t.last_rank, 1) = 1 then 1 else 0 end as last_credit,
        cast(1 as {{ sluice.type_double() }}) / coalesce(t.touch_count, 1) as linear_credit,
        coalesce(t.decay_credit, cast(1 as {{ sluice.type_double() }})) as time_decay_credit,
        cast(c.amount as {{ sluice.type_double() }}) as amount,
        c.currency
    from conversions as c
    left join weigh_touches as t on c.event_key = t.event_key
)

select * from final

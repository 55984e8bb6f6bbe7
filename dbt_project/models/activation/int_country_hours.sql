with countries as (
    select country, western_zone, eastern_zone from {{ sluice.seed('country_time_zones') }}
    union all
    select '*' as country, '{{ var('time_zone') }}' as western_zone, '{{ var('time_zone') }}' as eastern_zone
),

moments as (
    {{ sluice.quarters_of_a_day() }}
),

read_clocks as (
    select
        c.country,
        m.moment,
        {{ sluice.from_utc_in('m.moment', 'c.western_zone') }} as western_time,
        {{ sluice.from_utc_in('m.moment', 'c.eastern_zone') }} as eastern_time
    from countries as c
    cross join moments as m
    where m.moment >= {{ sluice.as_of() }}
),

measure_clocks as (
    select
        country,
        moment,
        {{ sluice.hour_of('western_time') }} as western_hour,
        {{ sluice.hour_of('eastern_time') }} as eastern_hour,
        {{ sluice.epoch_seconds('eastern_time') }} - {{ sluice.epoch_seconds("date_trunc('hour', western_time)") }} as seconds_ahead
    from read_clocks
),

final as (
    select
        country,
        min(case when moment = {{ sluice.as_of() }} then eastern_hour end) as eastern_hour,
        {{ sluice.first_opening('moment', 'seconds_ahead < ' ~ sluice.seconds_open('western_hour', 'every other channel')) }} as opens_at,
        {{ sluice.first_opening('moment', 'seconds_ahead < ' ~ sluice.seconds_open('western_hour', 'sms')) }} as sms_opens_at
    from measure_clocks
    group by country
)

select * from final

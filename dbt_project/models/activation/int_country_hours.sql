with countries as (
    select country, western_zone, eastern_zone from {{ ref('country_time_zones') }}
    union all
    select '*' as country, '{{ var('time_zone') }}' as western_zone, '{{ var('time_zone') }}' as eastern_zone
),

moments as (
    {{ quarters_of_a_day() }}
),

read_clocks as (
    select
        c.country,
        m.moment,
        {{ from_utc_in('m.moment', 'c.western_zone') }} as western_time,
        {{ from_utc_in('m.moment', 'c.eastern_zone') }} as eastern_time
    from countries as c
    cross join moments as m
    where m.moment >= {{ as_of() }}
),

measure_clocks as (
    select
        country,
        moment,
        {{ hour_of('western_time') }} as western_hour,
        {{ hour_of('eastern_time') }} as eastern_hour,
        {{ epoch_seconds('eastern_time') }} - {{ epoch_seconds("date_trunc('hour', western_time)") }} as seconds_ahead
    from read_clocks
),

final as (
    select
        country,
        min(case when moment = {{ as_of() }} then eastern_hour end) as eastern_hour,
        {{ first_opening('moment', 'seconds_ahead < ' ~ seconds_open('western_hour', 'every other channel')) }} as opens_at,
        {{ first_opening('moment', 'seconds_ahead < ' ~ seconds_open('western_hour', 'sms')) }} as sms_opens_at
    from measure_clocks
    group by country
)

select * from final

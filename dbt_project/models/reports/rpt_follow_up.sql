with final as (
    select
        call_name,
        handed_over_date,
        count(*) as handed_over_count,
        cast(sum(is_followed_up) as bigint) as followed_up_count,
        count(is_in_time) as due_count,
        cast(coalesce(sum(is_in_time), 0) as bigint) as in_time_count,
        cast(sum(is_in_time) as {{ sluice.type_double() }}) / nullif(count(is_in_time), 0) as in_time_rate
    from {{ ref('int_follow_ups') }}
    group by call_name, handed_over_date
)

select * from final

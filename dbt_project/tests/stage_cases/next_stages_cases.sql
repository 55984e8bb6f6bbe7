-- Every row is a case that came out wrong: of the stage held (and for how long), today's facts, and the stage that must follow.
with rules as (
    select 'x' as lifecycle, 'low' as stage, 1 as stage_rank, 0 as min_days
    union all
    select 'x', 'middle', 2, 7
    union all
    select 'x', 'high', 3, 0
),

cases as (
    select 1 as contact_id, 'a new contact takes the highest stage' as name, cast(null as {{ dbt.type_string() }}) as held, 0 as days, true as low, 'enter' as middle, 'no' as high, 'middle' as expected
    union all
    select 2, 'up at once', 'middle', 1, true, 'enter', 'enter', 'high'
    union all
    select 3, 'kept while it can be kept', 'middle', 90, true, 'stay', 'no', 'middle'
    union all
    select 4, 'kept for its least days', 'middle', 6, true, 'no', 'no', 'middle'
    union all
    select 5, 'down after its least days', 'middle', 7, true, 'no', 'no', 'low'
    union all
    select 6, 'down at once without least days', 'high', 1, true, 'enter', 'no', 'middle'
    union all
    select 7, 'who belongs nowhere leaves', 'high', 1, false, 'no', 'no', null
    union all
    select 8, 'a stage that is kept but cannot be entered is not begun', 'low', 9, true, 'stay', 'no', 'low'
    union all
    select 9, 'a stage that was taken out of the rules is left', 'gone', 1, true, 'no', 'no', 'low'
),

conditions as (
    select contact_id, 'x' as lifecycle, 'low' as stage, 1 as stage_rank, low as can_enter, low as can_stay, 'e' as reason_en, 'z' as reason_zh
    from cases
    union all
    select contact_id, 'x', 'middle', 2, middle = 'enter', middle <> 'no', 'e', 'z' from cases
    union all
    select contact_id, 'x', 'high', 3, high = 'enter', high <> 'no', 'e', 'z' from cases
),

previous as (
    select contact_id, 'x' as lifecycle, held as stage, {{ sluice.as_of() }} - interval '1' day * days as entered_at from cases where held is not null
),

{{ sluice.next_stages('conditions', 'previous', 'rules') }},

result as (
    select c.name, c.expected, case when m.contact_id is null then c.held else m.to_stage end as stage
    from cases as c
    left join moves as m on c.contact_id = m.contact_id
)

select * from result where coalesce(stage, 'none') <> coalesce(expected, 'none')

with statements as (
    -- what asks for less counts whenever it was stated, as a withdrawal does; what asks for more not before it
    select *
    from {{ source('ledger', 'preferences') }}
    where stated_at <= {{ sluice.as_of() }} or value in ('refused', 'less') or preference = 'pause_until'
),

find_contacts as (
    select s.*, coalesce(a.contact_id, s.contact_id) as living_contact_id, a.merged_at
    from statements as s
    left join {{ ref('contact_aliases') }} as a on s.contact_id = a.retired_contact_id
),

rank_statements as (
    select *, row_number() over (partition by contact_id, preference order by stated_at desc, preference_id desc) as statement_rank
    from find_contacts
),

last_statements as (
    select * from rank_statements where statement_rank = 1
),

living_statements as (
    select living_contact_id, preference, max(stated_at) as stated_at
    from last_statements
    where merged_at is null
    group by living_contact_id, preference
),

standing_statements as (
    -- what the person states after a merge, under the id that is left, replaces what was stated under a retired one
    select s.*
    from last_statements as s
    left join living_statements as n on s.living_contact_id = n.living_contact_id and s.preference = n.preference
    where s.merged_at is null or n.stated_at is null or n.stated_at <= s.merged_at or n.stated_at <= s.stated_at
),

rank_by_strictness as (
    select
        *,
        row_number() over (
            partition by living_contact_id, preference
            order by
                case when value in ('refused', 'less') then 0 else 1 end asc,
                case when preference = 'pause_until' then value end desc,
                stated_at desc, preference_id desc
        ) as strictness_rank
    from standing_statements
),

final as (
    select
        living_contact_id as contact_id,
        preference,
        value,
        stated_at,
        how || coalesce(', delivery ' || cast(delivery_id as {{ dbt.type_string() }}), '') as proof
    from rank_by_strictness
    where strictness_rank = 1
)

select * from final

with given as (
    select enrolment_id, journey, code, given_at from {{ ref('int_coupons_given') }}
),

owners as (
    select e.enrolment_id, e.contact_id, e.journey, g.code, g.given_at
    from given as g
    inner join {{ ref('journey_enrolments') }} as e on g.enrolment_id = e.enrolment_id
),

merged as (
    -- the code that another enrolment had, before a merge joined it to this one
    select e.enrolment_id, o.code, o.given_at
    from {{ ref('journey_transitions') }} as t
    inner join {{ ref('journey_enrolments') }} as e on t.enrolment_id = e.enrolment_id
    inner join owners as o on e.journey = o.journey and e.contact_id = o.contact_id and e.enrolment_id <> o.enrolment_id
    where t.reason = 'done_before_merge'
),

every_code as (
    select enrolment_id, code, given_at, 1 as preference from owners
    union all
    select enrolment_id, code, given_at, 2 as preference from merged
),

rank_codes as (
    select *, row_number() over (partition by enrolment_id order by preference asc, given_at desc, code asc) as code_rank from every_code
),

final as (
    select enrolment_id, code from rank_codes where code_rank = 1
)

select * from final

with final as (
    select g.code, g.pool, g.journey, g.enrolment_id, e.contact_id, g.given_at
    from {{ ref('int_coupons_given') }} as g
    left join {{ ref('journey_enrolments') }} as e on g.enrolment_id = e.enrolment_id
)

select * from final

with final as (
    select
        {{ sluice.hash_bigint(["'call'", 'j.enrolment_id', 'j.step']) }} as call_key,
        j.subject as call_name,
        coalesce(a.contact_id, j.contact_id) as contact_id,
        j.journey,
        j.node,
        j.acted_at as called_at
    from {{ ref('journey_actions') }} as j
    left join {{ ref('contact_aliases') }} as a on j.contact_id = a.retired_contact_id
    where j.action = 'call'
)

select * from final

{# The last stage of each contact under its id of today, from the transitions. Of a merged contact the survivor's own history counts. #}
{% macro stages_of_living_contacts(relation) %}
    select contact_id, lifecycle, to_stage as stage, from_stage, transitioned_at as entered_at, reason_en, reason_zh
    from (
        select
            coalesce(a.contact_id, h.contact_id) as contact_id,
            h.lifecycle,
            h.from_stage,
            h.to_stage,
            h.transitioned_at,
            h.reason_en,
            h.reason_zh,
            row_number() over (
                partition by coalesce(a.contact_id, h.contact_id), h.lifecycle
                order by case when a.contact_id is null then 0 else 1 end asc, h.transitioned_at desc, h.contact_id asc
            ) as transition_rank
        from {{ relation }} as h
        left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
    ) as ranked
    where transition_rank = 1
{% endmacro %}

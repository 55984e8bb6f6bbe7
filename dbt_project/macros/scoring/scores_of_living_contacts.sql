{#
    The last known score of each contact under its id of today, from the history of changes; with `before`, as it stood then. Of a merged
    contact the survivor's own history counts.
#}
{% macro scores_of_living_contacts(relation, before=none) %}
    select contact_id, score_model, total, band
    from (
        select
            coalesce(a.contact_id, h.contact_id) as contact_id,
            h.score_model,
            h.total,
            h.band,
            row_number() over (
                partition by coalesce(a.contact_id, h.contact_id), h.score_model
                order by case when a.contact_id is null then 0 else 1 end asc, h.changed_at desc, h.contact_id asc
            ) as change_rank
        from {{ relation }} as h
        left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
        {% if before %}where h.changed_at <= {{ before }}{% endif %}
    ) as ranked
    where change_rank = 1
{% endmacro %}

{#
    Who is a member by a history of changes, and since when, under the ids of today: what a retired contact did counts for the contact it was
    merged into. The last change counts; of two at one moment the entry. `only`: a condition on the rows `h` of the history.
#}
{% macro members_by_history(relation, group='segment', only='true') %}
    select {{ group }}, contact_id, changed_at as entered_at
    from (
        select
            h.{{ group }},
            coalesce(a.contact_id, h.contact_id) as contact_id,
            h.change,
            h.changed_at,
            row_number() over (
                partition by h.{{ group }}, coalesce(a.contact_id, h.contact_id) order by h.changed_at desc, h.change asc
            ) as change_rank
        from {{ relation }} as h
        left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
        where {{ only }}
    ) as ranked
    where change_rank = 1 and change = 'entered'
{% endmacro %}

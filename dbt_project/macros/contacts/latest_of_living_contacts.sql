{#
    The last row of each contact and `group` under the contact's id of today, from a history by `changed_at`; with `before`, as it stood
    then. Of a merged contact the survivor's own history counts. It gives contact_id, the group, and the `columns`, a list.
#}
{% macro latest_of_living_contacts(relation, group, changed_at, columns, before=none) %}
    select contact_id, {{ ([group] + columns) | join(', ') }}
    from (
        select
            coalesce(a.contact_id, h.contact_id) as contact_id,
            h.{{ ([group] + columns) | join(', h.') }},
            row_number() over (
                partition by coalesce(a.contact_id, h.contact_id), h.{{ group }}
                order by case when a.contact_id is null then 0 else 1 end asc, h.{{ changed_at }} desc, h.contact_id asc
            ) as change_rank
        from {{ relation }} as h
        left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
        {% if before %}where h.{{ changed_at }} <= {{ before }}{% endif %}
    ) as ranked
    where change_rank = 1
{% endmacro %}

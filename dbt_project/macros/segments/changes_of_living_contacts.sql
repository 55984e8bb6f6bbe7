{# A history of memberships under the ids of today: what a retired contact did counts for the contact it was merged into. #}
{% macro changes_of_living_contacts(relation, group='segment') %}
    select h.{{ group }}, coalesce(a.contact_id, h.contact_id) as contact_id, h.change, h.changed_at
    from {{ relation }} as h
    left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
{% endmacro %}

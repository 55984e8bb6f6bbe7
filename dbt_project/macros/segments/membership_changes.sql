{#
    Who entered and who left since the last run, by comparing `memberships` (group, contact_id) with the history of changes (none on the
    first run): the CTE final. Of the groups that could not be computed in this run, named with `prefix`, the members stay.
#}
{% macro membership_changes(group, memberships, history, prefix=none) %}
{% if history %}
previous as (
    select {{ group }}, contact_id
    from ({{ sluice.members_by_history(history, group) }}) as m
    {% if prefix %}where {{ sluice.is_computed(group, prefix) }}{% endif %}

),
{% else %}
previous as (
    select {{ group }}, contact_id from {{ memberships }} where 1 = 0
),
{% endif %}

final as (
    select
        coalesce(m.{{ group }}, p.{{ group }}) as {{ group }},
        coalesce(m.contact_id, p.contact_id) as contact_id,
        case when p.contact_id is null then 'entered' else 'exited' end as change,
        {{ sluice.as_of() }} as changed_at
    from {{ memberships }} as m
    full outer join previous as p on m.{{ group }} = p.{{ group }} and m.contact_id = p.contact_id
    where m.contact_id is null or p.contact_id is null
)
{% endmacro %}

{# The first and last touches already known, under the contact ids of today; a replay of an earlier day leaves out those of later days. #}
{% macro kept_touches(relation) %}
    {% for end in ['first', 'last'] %}
    select
        coalesce(a.contact_id, k.contact_id) as contact_id,
        k.{{ end }}_touch_at as touched_at,
        k.{{ end }}_channel as channel,
        k.{{ end }}_source as touch_source,
        k.{{ end }}_campaign as campaign,
        k.{{ end }}_qr_code as qr_code,
        k.{{ end }}_event_key as event_key
    from {{ relation }} as k
    left join {{ ref('contact_aliases') }} as a on k.contact_id = a.retired_contact_id
    where k.{{ end }}_touch_at <= {{ sluice.as_of() }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{% endmacro %}

{#
    Contacts who did `event_type` at least `at_least` times within the last `within_days` days, machines left out.
    `subject` narrows to one page, campaign or product. To be used as: where contact_id in ({{ performed(...) }})
#}
{% macro performed(event_type, subject=none, at_least=1, within_days=none) %}
    select contact_id
    from {{ ref('contact_events') }}
    where event_type = '{{ event_type }}'
        and not is_machine
        {% if subject %}and subject = '{{ subject }}'{% endif %}
        {% if within_days %}and occurred_at > {{ days_before(within_days) }}{% endif %}
    group by contact_id
    having count(*) >= {{ at_least }}
{% endmacro %}

{#
    Holds all messages of a campaign that has more due than it may send without an approval (max_messages, null for any number): whole, so
    that a person decides before anybody got one. Counted before the caps, which other campaigns' messages fill too. Gives the CTE `result`.
#}
{% macro hold_unapproved(result, messages) %}
{{ result }}_counted as (
    select *, sum(case when unapproved_reason = 'due' then 1 else 0 end) over (partition by campaign) as due_messages
    from {{ messages }}
),

{{ result }} as (
    select
        *,
        case when unapproved_reason = 'due' and due_messages > max_messages then 'not_approved' else unapproved_reason end as reason
    from {{ result }}_counted
)
{% endmacro %}

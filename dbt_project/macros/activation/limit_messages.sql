{#
    Holds back what is beyond a limit of its contact: in order of priority, then message_id, among the messages that are due. Gives the
    CTE `result`. Reason: the limit's own where the past alone fills it, frequency_by_probable_match where the past of probable matches does,
    lower_priority where messages of this run do. Matches take places together: they are one person, as far as we know.
    Call it for limits of one channel first, for those of all channels (`over_all`) last: what the first held takes no place in the second.
#}
{% macro limit_messages(result, messages, over_all) %}
{{ result }}_places as (
    select
        m.message_id,
        case
            when l.past_messages >= l.max_messages then l.reason
            when l.past_messages + coalesce(l.match_messages, 0) >= l.max_messages then 'frequency_by_probable_match'
        end as reason_of_past,
        l.past_messages + coalesce(l.match_messages, 0) + row_number() over (
            partition by coalesce(l.group_id, m.contact_id), l.reason, l.channel, l.days, l.max_messages order by m.priority, m.message_id
        ) > l.max_messages as is_beyond
    from {{ messages }} as m
    inner join {{ ref('int_contact_limits') }} as l on m.contact_id = l.contact_id
    where m.reason = 'due' and m.purpose = 'marketing' and {{ "l.channel = '*'" if over_all else 'l.channel = m.channel' }}
),

{{ result }}_held as (
    select message_id, coalesce(min(reason_of_past), 'lower_priority') as reason
    from {{ result }}_places
    where is_beyond
    group by message_id
),

{{ result }} as (
    select m.message_id, m.contact_id, m.channel, m.purpose, m.priority, coalesce(h.reason, m.reason) as reason
    from {{ messages }} as m
    left join {{ result }}_held as h on m.message_id = h.message_id
)
{% endmacro %}

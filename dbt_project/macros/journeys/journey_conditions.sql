{#
    A condition of a journey as SQL on contact_id, in the words of segments. {performed: ...} here is what a segment means by it: any time, or
    within a window; where it counts from the entry on, journey_branch() and journey_stops() read the events themselves.
#}
{% macro journey_condition(condition) -%}
    {% set word = sluice.condition_word(condition) %}
    {% set value = condition[word] %}
    {% if word == 'all' %}({% for one in value %}{{ sluice.journey_condition(one) }}{{ ' and ' if not loop.last }}{% endfor %})
    {%- elif word == 'any' %}({% for one in value %}{{ sluice.journey_condition(one) }}{{ ' or ' if not loop.last }}{% endfor %})
    {%- elif word == 'not' %}not ({{ sluice.journey_condition(value) }})
    {%- elif word == 'in_segment' %}{{ sluice.in_segment(value) }}
    {%- elif word == 'has_tag' %}{{ sluice.has_tag(value) }}
    {%- elif word == 'score_at_least' %}{{ sluice.score_at_least(value[0], value[1]) }}
    {%- elif word == 'in_stage' %}{{ sluice.in_stage(value[0], *value[1:]) }}
    {%- elif word == 'attribute_is' %}{{ sluice.attribute_is(value[0], *value[1:]) }}
    {%- elif word == 'reachable_by' %}{{ sluice.reachable_by(value[0], value[1]) }}
    {%- elif word == 'prefers' %}{{ sluice.prefers(value) }}
    {%- elif word == 'performed' %}contact_id in ({{ sluice.journey_performers(condition) }})
    {%- elif execute %}{{ exceptions.raise_compiler_error(model.original_file_path ~ ": there is no condition " ~ word) }}
    {%- endif %}
{%- endmacro %}

{# The word of a condition, in whatever order its keys stand. #}
{% macro condition_word(condition) %}{{ return(condition.keys() | reject('in', ['where', 'at_least', 'within']) | first) }}{% endmacro %}

{# Contacts who did it often enough, by as_of(). #}
{% macro journey_performers(condition) -%}
    select e.contact_id
    from {{ ref('contact_events') }} as e
    where not e.is_machine and e.event_type = {{ sluice.text_literal(condition.performed) }}{{ sluice.journey_filter(condition.where) }}
        {% if condition.within %}and e.occurred_at > {{ sluice.as_of() }} - {{ sluice.interval_of(condition.within) }}{% endif %}
    group by e.contact_id
    having count(*) >= {{ condition.get('at_least', 1) | int }}
{%- endmacro %}

{# Whether a condition counts events from the entry on: its word is performed, and it names no window. #}
{% macro is_since_entry(condition) %}{{ return('performed' in condition and not condition.get('within')) }}{% endmacro %}

{#
    What ends an enrolment at any node, and when: the CTE first_stops (enrolment_id, stopped_at, reason). An event of the goal ends it at the
    moment of the event; what is only known of now, at as_of().
#}
{% macro journey_stops(name, settings) %}
    {% set ends = [] %}
    {% if settings.goal %}{% do ends.append({'when': settings.goal, 'reason': 'goal'}) %}{% endif %}
    {% for one in settings.exits or [] %}{% do ends.append(one) %}{% endfor %}
    {% set channels = [] %}
    {% for node in (settings.nodes or {}).values() if node.message and node.message.purpose == 'marketing' and node.message.channel not in channels %}
        {% do channels.append(node.message.channel) %}
    {% endfor %}
stops as (
    select t.enrolment_id, {{ sluice.as_of() }} as stopped_at, 'deleted' as reason, 1 as stop_order
    from travellers as t
    inner join {{ ref('dim_contacts') }} as c on t.contact_id = c.contact_id
    where c.is_deleted
    union all
    -- whose records are all away, perhaps for a day only: once something would be done
    select t.enrolment_id, {{ sluice.as_of() }} as stopped_at, 'deleted' as reason, 1 as stop_order
    from travellers as t
    left join {{ ref('dim_contacts') }} as c on t.contact_id = c.contact_id
    where c.contact_id is null and {{ sluice.no_time_holds(settings.nodes) }}
    union all
    select enrolment_id, {{ sluice.as_of() }} as stopped_at, 'merged' as reason, 2 as stop_order
    from travellers
    where is_merged
    {% if channels %}
    union all
    select t.enrolment_id, {{ sluice.as_of() }} as stopped_at, 'withdrawn' as reason, 3 as stop_order
    from travellers as t
    inner join {{ ref('contact_consents') }} as k on t.contact_id = k.contact_id
    where k.purpose = 'marketing' and k.status = 'withdrawn' and k.channel in ('{{ channels | join("', '") }}')
    group by t.enrolment_id
    having count(distinct k.channel) = {{ channels | length }}
    {% endif %}
    union all
    select
        t.enrolment_id,
        case when h.handed_over_at > t.entered_at then h.handed_over_at else {{ sluice.as_of() }} end as stopped_at,
        'handed_over' as reason,
        4 as stop_order
    from travellers as t
    inner join {{ ref('int_journey_handovers') }} as h on t.contact_id = h.contact_id
    where h.handed_over_at is not null
    union all
    select t.enrolment_id, min(greatest(o.ordered_at, t.arrived_at)) as stopped_at, 'stopped_by_hand' as reason, 5 as stop_order
    from travellers as t
    inner join {{ ref('int_journey_orders') }} as o
        on o.action = 'stop' and o.journey = '{{ name }}' and (o.contact_id is null or o.contact_id = t.contact_id)
    where o.ordered_at > t.entered_at
    group by t.enrolment_id
    union all
    select t.enrolment_id, min(greatest(j.acted_at, t.arrived_at)) as stopped_at, 'left_by_journey' as reason, 6 as stop_order
    from travellers as t
    inner join journey_actions as j on j.action = 'leave' and j.subject = '{{ name }}' and j.contact_id = t.contact_id
    where j.acted_at > t.entered_at
    group by t.enrolment_id
    {% for one in ends %}
    union all
    {% if sluice.is_since_entry(one.when) %}
    select enrolment_id, occurred_at as stopped_at, {{ sluice.text_literal(one.reason) }} as reason, {{ 6 + loop.index }} as stop_order
    from ({{ sluice.journey_events(one.when) }}) as e
    where event_rank = {{ one.when.get('at_least', 1) | int }}
    {% else %}
    select enrolment_id, {{ sluice.as_of() }} as stopped_at, {{ sluice.text_literal(one.reason) }} as reason, {{ 6 + loop.index }} as stop_order
    from travellers
    where {{ sluice.journey_condition(one.when) }}
    {% endif %}
    {% endfor %}
),

rank_stops as (
    select *, row_number() over (partition by enrolment_id order by stopped_at, stop_order) as stop_rank from stops
),

first_stops as (
    select enrolment_id, stopped_at, reason from rank_stops where stop_rank = 1
)
{% endmacro %}

{# The events of a condition since each traveller's entry, counted. #}
{% macro journey_events(condition) -%}
        select t.enrolment_id, e.occurred_at, row_number() over (partition by t.enrolment_id order by e.occurred_at, e.event_key) as event_rank
        from travellers as t
        inner join {{ ref('contact_events') }} as e on t.contact_id = e.contact_id and e.occurred_at > t.entered_at
        where not e.is_machine and e.event_type = {{ sluice.text_literal(condition.performed) }}{{ sluice.journey_filter(condition.where) }}
{%- endmacro %}

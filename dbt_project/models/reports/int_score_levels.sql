-- depends_on: {{ ref('contact_facts') }}
-- depends_on: {{ ref('contact_events') }}
-- depends_on: {{ ref('contact_scores') }}
-- depends_on: {{ ref('segment_members') }}
{% set cards = {} %}
{% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    {% do sluice.model_ref(name) %}
    {% if sluice.rules_of(name).trained %}{% do cards.update({name[10:]: sluice.rules_of(name)}) %}{% endif %}
{% endfor %}
with
{% for model, card in cards.items() %}
{% set counted = card.trained.inputs | selectattr('event', 'defined') | list %}
scored_{{ model }} as (
    select * from {{ ref('contact_facts') }}
    where
        ({{ card.applies_to or 'contact_id is not null' }})
        {% if card.trained.is_segment %}
        and contact_id not in (select contact_id from {{ ref('segment_members') }} where segment = {{ sluice.text_literal(card.trained.target) }})
        {% endif %}
),

counts_{{ model }} as (
    select
        contact_id
        {% for input in counted %}
        , sum(case when ({{ input.event }}) and occurred_at > {{ sluice.days_before(input.within_days) }} then 1 else 0 end) as {{ input.column }}
        {% endfor %}
    from {{ ref('contact_events') }}
    where not is_machine
    group by contact_id
),

measured_{{ model }} as (
    select
        f.*
        {% for input in counted %}, coalesce(n.{{ input.column }}, 0) as {{ input.column }}{% endfor %}
        , coalesce(t.total, {{ card.floor or 0 }}) as total
    from scored_{{ model }} as f
    left join counts_{{ model }} as n on f.contact_id = n.contact_id
    left join {{ ref('contact_scores') }} as t on f.contact_id = t.contact_id and t.score_model = '{{ model }}'
),

{% for input in card.trained.inputs %}
levels_{{ model }}_{{ loop.index }} as (
    select
        {% if input.levels %}
        case {% for level in input.levels %}when {{ level.when }} then {{ loop.index }} {% endfor %}else 0 end as level,
        {% else %}
        0 as level,
        {% endif %}
        {% if input.low is defined %}
        case when {{ input.column }} < {{ input.low }} or {{ input.column }} > {{ input.high }} then 1 else 0 end as is_outside
        {% else %}
        0 as is_outside
        {% endif %}
    from measured_{{ model }}
    {% if input.known_only %}where {{ input.column }} is not null{% endif %}
),
{% endfor %}
{% endfor %}

count_contacts as (
    {% for model, card in cards.items() %}
    {% for input in card.trained.inputs %}
    select
        '{{ model }}' as score_model,
        {{ sluice.text_literal(input.input) }} as input,
        cast(level as bigint) as level,
        count(*) as contact_count,
        cast(sum(is_outside) as bigint) as outside_count
    from levels_{{ model }}_{{ loop.index }}
    group by level
    union all
    {% endfor %}
    {% endfor %}
    {{ sluice.no_rows(['score_model', 'input'], keys=['level', 'contact_count', 'outside_count']) }}
)

select * from count_contacts

-- depends_on: {{ ref('contact_facts') }}
-- depends_on: {{ ref('contact_events') }}
-- depends_on: {{ ref('contact_aliases') }}
-- depends_on: {{ ref('score_changes') }}
-- depends_on: {{ ref('segment_changes') }}
{% set cards = {} %}
{% for name in sluice.models_in('scoring', prefix='scorecard_') %}
    {% do sluice.model_ref(name) %}
    {% if sluice.rules_of(name).trained %}{% do cards.update({name[10:]: sluice.rules_of(name)}) %}{% endif %}
{% endfor %}
with rules_since as (
    select m.score_model, max(m.changed_at) as changed_at, max(t.slope) as slope, max(t.intercept) as intercept
    from {{ ref('score_model_changes') }} as m
    inner join {{ ref('int_score_trainings') }} as t on m.score_model = t.score_model
    group by m.score_model
),

{% for model, card in cards.items() %}
{% set then, trained = sluice.days_before(card.trained.horizon_days), card.trained %}
totals_{{ model }} as (
    {{ sluice.latest_of_living_contacts(ref('score_changes'), 'score_model', 'changed_at', ['total'], before=then) }}
),

outcomes_{{ model }} as (
    {% if trained.is_segment %}
    select distinct contact_id from {{ ref('segment_changes') }}
    where segment = {{ sluice.text_literal(trained.target) }} and change = 'entered' and changed_at > {{ then }}
    {% else %}
    select distinct contact_id from {{ ref('contact_events') }}
    where event_type = {{ sluice.text_literal(trained.target) }} and not is_machine and occurred_at > {{ then }} and occurred_at <= {{ sluice.as_of() }}
    {% endif %}
),

members_{{ model }} as (
    {% if trained.is_segment %}
    {{ sluice.latest_of_living_contacts(ref('segment_changes'), 'segment', 'changed_at', ['change'], before=then) }}
    {% else %}
    select contact_id, event_type as segment, event_type as change from {{ ref('contact_events') }} where 1 = 0
    {% endif %}
),

scored_{{ model }} as (
    select contact_id from {{ ref('contact_facts') }}
    where
        ({{ card.applies_to or 'contact_id is not null' }}) and created_at <= {{ then }}
        and contact_id not in (
            select contact_id from members_{{ model }} where segment = {{ sluice.text_literal(trained.target) }} and change = 'entered'
        )
),

results_{{ model }} as (
    select
        '{{ model }}' as score_model,
        coalesce(t.total, {{ card.floor or 0 }}) as total,
        case when o.contact_id is not null then 1 else 0 end as has_outcome,
        {{ then }} as scored_at
    from scored_{{ model }} as s
    left join totals_{{ model }} as t on s.contact_id = t.contact_id and t.score_model = '{{ model }}'
    left join outcomes_{{ model }} as o on s.contact_id = o.contact_id
),
{% endfor %}

results as (
    {% for model in cards %}
    select score_model, cast(total as bigint) as total, cast(has_outcome as bigint) as has_outcome, scored_at from results_{{ model }}
    union all
    {% endfor %}
    {{ sluice.no_rows(['score_model'], keys=['total', 'has_outcome'], moments=['scored_at']) }}
),

final as (
    select
        r.score_model,
        cast(r.total as integer) as total,
        count(*) as contact_count,
        cast(sum(r.has_outcome) as bigint) as outcome_count,
        {{ sluice.rounded('1 / (1 + exp(-(max(t.slope) * r.total + max(t.intercept))))', 6) }} as expected_rate
    from results as r
    -- totals of other rules stand for nothing here
    inner join rules_since as t on r.score_model = t.score_model and r.scored_at >= t.changed_at
    group by r.score_model, r.total
)

select * from final

{#
    The stages of a lifecycle from its rules, a text of YAML: which stages a contact may enter, and which it may stay in, by today's facts
    alone. `score` in a condition is the total in the score model the lifecycle names, 0 for who has none. docs/lifecycle.md has the keys.
#}
{% macro lifecycle_stages(name, rules) %}
{% set lifecycle = sluice.checked_lifecycle(name, rules) %}
with facts as (
    {% if lifecycle.score %}
    select f.*, coalesce(s.total, 0) as score
    from {{ ref('contact_facts') }} as f
    left join {{ sluice.score_of(lifecycle.score) }} as s on f.contact_id = s.contact_id
    {% else %}
    select *, 0 as score from {{ ref('contact_facts') }}
    {% endif %}
),

members as (
    select * from facts as f where {{ lifecycle.applies_to or 'contact_id is not null' }}
),

find_stages as (
    {% for stage in lifecycle.stages %}
    select
        contact_id,
        '{{ stage.stage }}' as stage,
        {{ loop.index }} as stage_rank,
        coalesce(({{ stage.enter }}), false) as can_enter,
        coalesce(({{ stage.stay or stage.enter }}), false) as can_stay,
        {{ stage.min_days or 0 }} as min_days,
        {{ sluice.text_literal(stage.reason.en) }} as reason_en,
        {{ sluice.text_literal(stage.reason.zh) }} as reason_zh
    from members
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select contact_id, '' as stage, 0 as stage_rank, false as can_enter, false as can_stay, 0 as min_days, '' as reason_en, '' as reason_zh
    from members
    {% endfor %}
),

final as (
    select contact_id, '{{ name }}' as lifecycle, stage, stage_rank, can_enter, can_stay, min_days, reason_en, reason_zh
    from find_stages
    where can_enter or can_stay
)

select * from final
{% endmacro %}

{# The lifecycle of a YAML text, checked: a wrong stage raises with its file and fix, and only this lifecycle fails. #}
{% macro checked_lifecycle(name, text) %}
    {% set lifecycle = fromyaml(text) %}
    {% if not execute %}{{ return(lifecycle or {'stages': []}) }}{% endif %}
    {% for stage in lifecycle.stages %}
        {% if not (stage.stage and stage.enter and stage.reason and stage.reason.en and stage.reason.zh) %}
            {{ exceptions.raise_compiler_error("models/lifecycle/stages_" ~ name ~ ".sql, stage " ~ loop.index
                ~ ": write stage: <name>, enter: <condition in SQL>, reason: {en: ..., zh: ...}") }}
        {% endif %}
    {% endfor %}
    {{ return(lifecycle) }}
{% endmacro %}

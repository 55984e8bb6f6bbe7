{# What the yml of a segment says of it: one row. #}
{% macro segment_rule(name) %}
    {% set rule = sluice.model_meta(name, 'segment', {}) %}
    select
        '{{ name[4:] }}' as segment,
        {{ sluice.text_literal((rule.label or {}).en or name[4:]) }} as label_en,
        {{ sluice.text_literal((rule.label or {}).zh or name[4:]) }} as label_zh,
        {{ sluice.text_literal(rule.owner) }} as owner,
        {{ sluice.text_literal(rule.group) }} as priority_group,
        {{ rule.priority if rule.priority is integer else 100 }} as priority,
        cast({{ sluice.holdout_of(rule) }} as double precision) as holdout_share
{% endmacro %}

{# No row of a segment. #}
{% macro no_segment_rule() %}
    {{ sluice.no_rows(['segment', 'label_en', 'label_zh', 'owner', 'priority_group'], keys=['priority'], shares=['holdout_share']) }}
{% endmacro %}

{#
    Of `members` (segment, contact_id, entered_at) who is held out, and who counts for another segment of the same group; `rules` as in
    segment_rules. The CTE final.
#}
{% macro rank_members(members, rules) %}
find_rules as (
    select
        m.segment,
        m.contact_id,
        m.entered_at,
        coalesce(r.priority_group, m.segment) as priority_group,
        coalesce(r.priority, 100) as priority,
        {{ sluice.is_held_out('m.segment', 'm.contact_id', 'coalesce(r.holdout_share, 0)') }} as is_held_out
    from {{ members }} as m
    left join {{ rules }} as r on m.segment = r.segment
),

find_winners as (
    select *, first_value(segment) over (partition by priority_group, contact_id order by priority asc, segment asc) as winner
    from find_rules
),

final as (
    select segment, contact_id, entered_at, is_held_out, case when winner <> segment then winner end as outranked_by
    from find_winners
)
{% endmacro %}

{# The segments that campaigns are for, and those of the same groups, without seg_: what decides about a message. #}
{% macro audience_segments() %}
    {% set used, groups, found = [], [], [] %}
    {% for campaign in sluice.metas('activation', 'campaign_', 'campaign').values() %}{% do used.append(campaign.segment) %}{% endfor %}
    {% set rules = sluice.metas('segments', 'seg_', 'segment') %}
    {% for name, rule in rules.items() if name[4:] in used and rule.group %}{% do groups.append(rule.group) %}{% endfor %}
    {% for name in sluice.models_in('segments', prefix='seg_') if name[4:] in used or (rules.get(name) or {}).group in groups %}
        {% do found.append(name[4:]) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

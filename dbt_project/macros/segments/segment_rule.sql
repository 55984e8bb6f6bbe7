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
        cast({{ sluice.holdout_of(rule) }} as {{ sluice.type_double() }}) as holdout_share
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
        coalesce(r.holdout_share, 0) as holdout_share
    from {{ members }} as m
    left join {{ rules }} as r on m.segment = r.segment
),

{{ sluice.held_out('find_rules') }},

find_winners as (
    select *, first_value(segment) over (partition by priority_group, contact_id order by priority asc, segment asc) as winner
    from find_rules
),

final as (
    select
        w.segment,
        w.contact_id,
        w.entered_at,
        h.contact_id is not null as is_held_out,
        case when w.winner <> w.segment then w.winner end as outranked_by
    from find_winners as w
    left join held_out as h on w.segment = h.segment and w.contact_id = h.contact_id
)
{% endmacro %}

{#
    The CTE held_out (segment, contact_id): who of `contacts` (segment, contact_id, holdout_share) is held out of the segment, by the hash of
    the contact's id or of an id that was merged into it: who was held out stays so, under whatever id.
#}
{% macro held_out(contacts) %}
held_out as (
    select distinct m.segment, m.contact_id
    from {{ contacts }} as m
    left join {{ ref('contact_aliases') }} as a on m.contact_id = a.contact_id
    where
        m.holdout_share > 0
        and (
            {{ sluice.is_held_out('m.segment', 'm.contact_id', 'm.holdout_share') }}
            or a.retired_contact_id is not null and {{ sluice.is_held_out('m.segment', 'a.retired_contact_id', 'm.holdout_share') }}
        )
)
{% endmacro %}

{#
    The variants of all campaigns: {campaign, variant, first, until, body}; of 100 contacts of a campaign those from `first` until `until` get it.
    What is no mapping of mappings is left out: its campaign is refused before it sends (models/variants.py has the rules).
#}
{% macro campaign_variants() %}
    {% set found = [] %}
    {% for name, settings in sluice.metas('activation', 'campaign_', 'campaign').items() if settings is mapping and settings.variants is mapping %}
        {% set at = namespace(weight=0) %}
        {% for variant, body in settings.variants.items() if body is mapping and body.weight is integer %}
            {% do found.append({'campaign': name[9:], 'variant': variant, 'first': at.weight, 'until': at.weight + body.weight, 'body': body}) %}
            {% set at.weight = at.weight + body.weight %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# They as rows, null for what a variant leaves as the campaign has it. #}
{% macro variant_rows(variants) %}
    {% for one in variants %}
    {% set said = one.body.get('send_hours') or [] %}
    {% set hours = said if said is sequence and said is not string and said | length == 2 else [none, none] %}
    select
        {{ sluice.text_literal(one.campaign) }} as campaign,
        {{ sluice.text_literal(one.variant) }} as variant,
        {{ one.first }} as weight_from,
        {{ one.until }} as weight_until,
        {{ sluice.text_literal(one.body.template) }} as template,
        {{ sluice.text_literal(tojson(one.body.subject) if one.body.subject is mapping else none) }} as subjects,
        {{ sluice.text_literal(one.body.send_at) }} as send_at,
        {{ sluice.bigint_literal(hours[0]) }} as send_from_hour,
        {{ sluice.bigint_literal(hours[1]) }} as send_until_hour,
        {{ sluice.bigint_literal(one.body.get('wait_hours') or 0) }} as wait_hours
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{% endmacro %}

{#
    The variant of each candidate: the CTE `result`, one row per campaign and contact that has one. Who was given one keeps it while it is there, over
    merges the first; else an experiment that was decided and rolls out gives its winner; else the hash of campaign and contact draws by the weights.
    So a changed weight is of new contacts alone. What earlier runs wrote is read without an edge of the graph.
#}
{% macro draw_variants(result, candidates) %}
    {% set variants = sluice.campaign_variants() %}
    {% if not variants %}
{{ result }} as (
    {{ sluice.no_rows(
        ['campaign', 'variant', 'template', 'subjects', 'send_at'], keys=['contact_id', 'send_from_hour', 'send_until_hour'], moments=['sendable_from']
    ) }}
)
    {% else %}
    {% set history = sluice.existing_relation('variant_assignments') %}
{{ result }}_arms as (
    {{ sluice.variant_rows(variants) }}
),

{{ result }}_given as (
    {% if history %}
    select campaign, contact_id, variant, assigned_at from {{ history }} where assigned_at < {{ sluice.as_of() }}{{ sluice.of_a_run('assigned_at') }}
    {% else %}
    select campaign, contact_id, variant, assigned_at from ({{ sluice.no_rows(['campaign', 'variant'], keys=['contact_id'], moments=['assigned_at']) }}) as nothing
    {% endif %}
),

{{ result }}_ranked as (
    select
        g.campaign,
        coalesce(a.contact_id, g.contact_id) as contact_id,
        g.variant,
        g.assigned_at,
        row_number() over (partition by g.campaign, coalesce(a.contact_id, g.contact_id) order by g.assigned_at asc, g.variant asc) as given_rank
    from {{ result }}_given as g
    inner join {{ result }}_arms as r on g.campaign = r.campaign and g.variant = r.variant
    left join {{ ref('contact_aliases') }} as a on g.contact_id = a.retired_contact_id
),

{{ result }}_winners as (
    {{ sluice.rolled_out_variants() }}
),

{{ result }}_drawn as (
    select
        c.campaign,
        c.contact_id,
        k.variant as kept_variant,
        k.assigned_at,
        w.arm as winner,
        {{ sluice.hash_bigint(["'variant'", 'c.campaign', 'c.contact_id']) }} % 100 as drawn
    from (select distinct campaign, contact_id from {{ candidates }}) as c
    left join {{ result }}_ranked as k on c.campaign = k.campaign and c.contact_id = k.contact_id and k.given_rank = 1
    left join {{ result }}_winners as w on c.campaign = w.campaign
),

{{ result }} as (
    select
        d.campaign,
        d.contact_id,
        r.variant,
        r.template,
        r.subjects,
        r.send_at,
        r.send_from_hour,
        r.send_until_hour,
        case when r.wait_hours > 0 then coalesce(d.assigned_at, {{ sluice.as_of() }}) + r.wait_hours * interval '1' hour end as sendable_from
    from {{ result }}_drawn as d
    inner join {{ result }}_arms as r
        on d.campaign = r.campaign
        and case
            when d.kept_variant is not null then d.kept_variant = r.variant
            when d.winner is not null then d.winner = r.variant
            else d.drawn >= r.weight_from and d.drawn < r.weight_until
        end
)
    {% endif %}
{% endmacro %}

{# Arms that the rule of an experiment rolls out: campaign, arm. Only of an experiment that still says so, and an arm that is still there. #}
{% macro rolled_out_variants() %}
    {% set found, arms = [], {} %}
    {% for one in sluice.campaign_variants() %}{% do arms.setdefault(one.campaign, []).append(one.variant) %}{% endfor %}
    {% for name, experiments in sluice.metas('activation', 'campaign_', 'experiments').items() if name[9:] in arms and experiments is mapping %}
        {% for experiment, one in experiments.items() if one is mapping and one.on_win == 'roll_out' and one.control in arms[name[9:]] %}
            {% do found.append((name[9:], experiment)) %}
        {% endfor %}
    {% endfor %}
    {% for campaign, experiment in found %}
    select {{ sluice.text_literal(campaign) }} as campaign, min(arm) as arm
    from {{ source('ledger', 'experiment_decisions') }}
    where experiment = {{ sluice.text_literal(experiment) }} and decided_at < {{ sluice.as_of() }} and arm in ({{ sluice.text_literals(arms[campaign]) }})
    having min(arm) is not null
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['campaign', 'arm']) }}
    {% endfor %}
{% endmacro %}

{#
    Of a split of a journey, ` when <it was decided before the arrival> then <arm>` for each arm that an experiment of it may roll out; empty where none
    does. `arrived_at`: when the contact came to the split, so that a step is the same whenever it is computed.
#}
{% macro rolled_out_split(model_name, node, targets, arrived_at) -%}
    {%- for experiment, one in (sluice.metas('journeys', 'steps_', 'experiments').get(model_name) or {}).items() if one is mapping and one.on_win == 'roll_out' and one.split == node %}
        {%- for arm in targets %}
    when (
        select min(decided_at) from {{ source('ledger', 'experiment_decisions') }}
        where experiment = {{ sluice.text_literal(experiment) }} and arm = {{ sluice.text_literal(arm) }}
    ) < {{ arrived_at }} then {{ sluice.text_literal(arm) }}
        {%- endfor %}
    {%- endfor %}
{%- endmacro %}

{% set layers = [('journeys', 'steps_', 'journey'), ('segments', 'seg_', 'segment'), ('activation', 'campaign_', 'campaign')] %}

with definitions as (
    {% for folder, prefix, kind in layers %}
    {% for name in sluice.models_in(folder, prefix=prefix, with_broken=true) %}
    {% set found = sluice.model_meta(name, 'experiments', {}) %}
    {% for experiment in (found if found is mapping else []) %}
    {% set one, about = found[experiment], sluice.model_meta(name, kind, {}) %}
    {% set is_of_variants = kind == 'campaign' and about.variants is mapping and one.control in about.variants %}
    {% if one is mapping and one.metric is mapping and one.metric.event is string and one.metric.within_days is integer %}
    select
        {{ sluice.text_literal(experiment) }} as experiment,
        {{ sluice.text_literal(sluice.journey_of(name) if kind == 'journey' else none) }} as journey,
        {{ sluice.text_literal(one.split) }} as node,
        {{ sluice.text_literal(none if kind == 'journey' or is_of_variants else name[4:] if kind == 'segment' else about.segment) }} as segment,
        {{ sluice.text_literal(name[9:] if is_of_variants else none) }} as campaign,
        {{ sluice.text_literal(one.metric.event) }} as event_type,
        {{ sluice.text_literal(one.metric.subject) }} as event_subject,
        {{ sluice.text_literal(one.metric.currency) }} as currency,
        {{ sluice.text_literal(one.starts_on) }} as starts_on,
        cast({{ one.metric.within_days }} as bigint) as outcome_days,
        cast({{ one.metric.before_days if one.metric.before_days is integer else 30 }} as bigint) as before_days,
        cast({{ about.version if about.version is integer else 0 }} as bigint) as version
    union all
    {% endif %}
    {% endfor %}
    {% endfor %}
    {% endfor %}
    select
        experiment, journey, node, segment, campaign, event_type, event_subject, currency, starts_on, outcome_days, before_days, version
    from ({{ sluice.no_rows(
        ['experiment', 'journey', 'node', 'segment', 'campaign', 'event_type', 'event_subject', 'currency', 'starts_on'],
        keys=['outcome_days', 'before_days', 'version']
    ) }}) as nothing
),

rank_versions as (
    select *, row_number() over (partition by experiment order by version desc, coalesce(journey, segment, campaign) asc) as version_rank
    from definitions
),

final as (
    select experiment, journey, node, segment, campaign, event_type, event_subject, currency, starts_on, outcome_days, before_days
    from rank_versions
    where version_rank = 1
)

select * from final

{# What the yml of a campaign says, as a row; the defaults are those of CampaignConfig in models/config.py. #}
{% macro campaign_settings(name) %}
    {% set campaign = sluice.model_meta(name, 'campaign', {}) %}
    {{ sluice.campaign_row(name[9:], campaign, sluice.audience_of(campaign, sluice.find_node(name).raw_code if execute)) }}
{% endmacro %}

{# The same row of settings that stand anywhere, such as those of a journey's message. #}
{% macro campaign_row(name, campaign, segment) %}
    {% set rule = sluice.find_node('seg_' ~ segment) if execute and segment %}
    select
        '{{ name }}' as campaign,
        {{ sluice.text_literal(campaign.channel) }} as channel,
        {{ sluice.text_literal(campaign.purpose) }} as purpose,
        {{ sluice.text_literal(campaign.destination) }} as destination,
        {{ sluice.text_literal(campaign.template) }} as template,
        {{ sluice.text_literal(segment) }} as segment,
        {{ sluice.text_literal(campaign.topic) }} as topic,
        cast({{ sluice.holdout_of((rule.config.meta.segment if rule) or {}) }} as {{ sluice.type_double() }}) as holdout_share,
        {{ sluice.text_literal(campaign.get('stage', 'live')) }} as stage,
        {{ sluice.text_literal(campaign.send_at) }} as send_at,
        {{ sluice.bigint_literal(campaign.get('priority', 100)) }} as priority,
        {{ sluice.bigint_literal(campaign.get('pilot_size', 150)) }} as pilot_size,
        {{ sluice.bigint_literal(campaign.get('expires_after_hours')) }} as expires_after_hours,
        {{ sluice.bigint_literal(campaign.get('wechat_window_hours', 48)) }} as wechat_window_hours,
        {{ sluice.bigint_literal(campaign.get('approval_above')) }} as approval_above,
        {{ sluice.rate_literal(campaign.get('max_bounce_rate')) }} as max_bounce_rate,
        {{ sluice.rate_literal(campaign.get('max_complaint_rate')) }} as max_complaint_rate
{% endmacro %}

{# A share of 1, exact, so that 3 of 60 is not above 0.05; null for none, and for what is not defined. #}
{% macro rate_literal(value) -%}
    cast({{ sluice.number_or_null(value if value is number and 0 <= value <= 1 else none) }} as decimal(9, 6))
{%- endmacro %}

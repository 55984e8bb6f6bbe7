{# What the yml of a campaign says, as a row; the defaults are those of CampaignConfig in models/config.py. #}
{% macro campaign_settings(name) %}
    {% set campaign = model_meta(name, 'campaign', {}) %}
    select
        '{{ name[9:] }}' as campaign,
        {{ text_literal(campaign.channel) }} as channel,
        {{ text_literal(campaign.purpose) }} as purpose,
        {{ text_literal(campaign.destination) }} as destination,
        {{ text_literal(campaign.template) }} as template,
        {{ text_literal(campaign.segment) }} as segment,
        {{ text_literal(campaign.get('stage', 'live')) }} as stage,
        {{ text_literal(campaign.send_at) }} as send_at,
        {{ bigint_literal(campaign.get('priority', 100)) }} as priority,
        {{ bigint_literal(campaign.get('pilot_size', 150)) }} as pilot_size,
        {{ bigint_literal(campaign.get('expires_after_hours')) }} as expires_after_hours,
        {{ bigint_literal(campaign.get('wechat_window_hours', 48)) }} as wechat_window_hours,
        {{ bigint_literal(campaign.get('approval_above')) }} as approval_above,
        {{ rate_literal(campaign.get('max_bounce_rate')) }} as max_bounce_rate,
        {{ rate_literal(campaign.get('max_complaint_rate')) }} as max_complaint_rate
{% endmacro %}

{# A share of 1, exact, so that 3 of 60 is not above 0.05; null for none, and for what is not defined. #}
{% macro rate_literal(value) -%}
    cast({{ number_or_null(value) }} as decimal(9, 6))
{%- endmacro %}

{# Which template each campaign and message of a journey has, and on which channel, as their yml says: no model of theirs is read. #}
{% macro campaign_templates() %}
    {% set found = [] %}
    {% for name in sluice.models_in('activation', prefix='campaign_', with_broken=true) %}
        {% do found.append([name[9:], sluice.model_meta(name, 'campaign', {})]) %}
    {% endfor %}
    {% for message in sluice.journey_messages(with_broken=true) %}{% do found.append([message.campaign, message.settings]) %}{% endfor %}
    {% for campaign, settings in found %}
    select
        {{ sluice.text_literal(campaign) }} as campaign,
        {{ sluice.text_literal(settings.channel) }} as channel,
        {{ sluice.text_literal(settings.template) }} as template
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not found %}{{ sluice.no_rows(['campaign', 'channel', 'template']) }}{% endif %}
{% endmacro %}

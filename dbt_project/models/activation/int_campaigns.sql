{% set campaigns = sluice.models_in('activation', prefix='campaign_', with_broken=true) %}
{% set messages = sluice.journey_messages(with_broken=true) %}

with final as (
    {% for name in campaigns %}
    {{ sluice.campaign_settings(name) }}
    {% if messages or not loop.last %}union all{% endif %}
    {% endfor %}
    {% for message in messages %}
    {{ sluice.campaign_row(message.campaign, message.settings, message.segment) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not campaigns and not messages %}
    {{ sluice.no_rows(['campaign', 'channel', 'purpose', 'destination', 'template', 'segment', 'topic', 'stage', 'send_at'], keys=['priority', 'pilot_size', 'expires_after_hours', 'wechat_window_hours', 'approval_above'], shares=['holdout_share', 'max_bounce_rate', 'max_complaint_rate']) }}
    {% endif %}
)

select * from final

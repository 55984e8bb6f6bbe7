with final as (
    {% for name in sluice.models_in('activation', prefix='campaign_', with_broken=true) %}
    {{ sluice.campaign_settings(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['campaign', 'channel', 'purpose', 'destination', 'template', 'segment', 'topic', 'stage', 'send_at'], keys=['priority', 'pilot_size', 'expires_after_hours', 'wechat_window_hours', 'approval_above'], shares=['holdout_share', 'max_bounce_rate', 'max_complaint_rate']) }}
    {% endfor %}
)

select * from final

{% set campaigns, messages = sluice.models_in('activation', prefix='campaign_'), sluice.journey_messages() %}

with candidates as (
    {% for name in campaigns %}
    select '{{ name[9:] }}' as campaign, contact_id, occurrence, context, cast(null as timestamp) as arrived_at from {{ sluice.model_ref(name) }}
    {% if messages or not loop.last %}union all{% endif %}
    {% endfor %}
    {% for message in messages %}
    {{ sluice.journey_candidates(message) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not campaigns and not messages %}
    {{ sluice.no_rows(['campaign'], keys=['contact_id'], more=['occurrence', 'context'], moments=['arrived_at']) }}
    {% endif %}
),

{{ sluice.draw_variants('given_variants', 'candidates') }},

final as (
    select
        {{ sluice.hash_bigint(["'message'", 'c.campaign', 'c.contact_id', 'c.occurrence']) }} as message_id,
        s.campaign,
        s.channel,
        s.purpose,
        s.destination,
        coalesce(v.template, s.template) as template,
        s.segment,
        s.topic,
        s.holdout_share,
        s.stage,
        coalesce(v.send_at, s.send_at) as send_at,
        s.priority,
        s.pilot_size,
        s.expires_after_hours,
        s.wechat_window_hours,
        s.approval_above,
        s.max_bounce_rate,
        s.max_complaint_rate,
        c.contact_id,
        c.occurrence,
        c.context,
        c.arrived_at,
        v.variant,
        v.subjects,
        v.send_from_hour,
        v.send_until_hour,
        v.sendable_from
    from candidates as c
    inner join {{ ref('int_campaigns') }} as s on c.campaign = s.campaign
    left join given_variants as v on c.campaign = v.campaign and c.contact_id = v.contact_id
)

select * from final

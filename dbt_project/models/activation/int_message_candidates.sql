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

final as (
    select
        {{ sluice.hash_bigint(["'message'", 'c.campaign', 'c.contact_id', 'c.occurrence']) }} as message_id,
        s.*,
        c.contact_id,
        c.occurrence,
        c.context,
        c.arrived_at
    from candidates as c
    inner join {{ ref('int_campaigns') }} as s on c.campaign = s.campaign
)

select * from final

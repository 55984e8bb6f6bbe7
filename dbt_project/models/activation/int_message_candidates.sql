with candidates as (
    {% for name in models_in('activation', prefix='campaign_') %}
    {% set campaign = model_meta(name, 'campaign') %}
    select
        '{{ name[9:] }}' as campaign,
        '{{ campaign.channel }}' as channel,
        '{{ campaign.purpose }}' as purpose,
        '{{ campaign.destination }}' as destination,
        '{{ campaign.template }}' as template,
        {{ text_literal(campaign.segment) }} as segment,
        contact_id,
        occurrence,
        context
    from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ no_rows(['campaign', 'channel', 'purpose', 'destination', 'template', 'segment'], keys=['contact_id'], more=['occurrence', 'context']) }}
    {% endfor %}
),

final as (
    select {{ hash_bigint(["'message'", 'campaign', 'contact_id', 'occurrence']) }} as message_id, *
    from candidates
)

select * from final

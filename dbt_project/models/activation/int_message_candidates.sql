with candidates as (
    {% for name in sluice.models_in('activation', prefix='campaign_') %}
    select '{{ name[9:] }}' as campaign, contact_id, occurrence, context from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['campaign'], keys=['contact_id'], more=['occurrence', 'context']) }}
    {% endfor %}
),

final as (
    select
        {{ sluice.hash_bigint(["'message'", 'c.campaign', 'c.contact_id', 'c.occurrence']) }} as message_id,
        s.*,
        c.contact_id,
        c.occurrence,
        c.context
    from candidates as c
    inner join {{ ref('int_campaigns') }} as s on c.campaign = s.campaign
)

select * from final

with candidates as (
    {% for name in models_in('activation', prefix='campaign_') %}
    select '{{ name[9:] }}' as campaign, contact_id, occurrence, context from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ no_rows(['campaign'], keys=['contact_id'], more=['occurrence', 'context']) }}
    {% endfor %}
),

final as (
    select
        {{ hash_bigint(["'message'", 'c.campaign', 'c.contact_id', 'c.occurrence']) }} as message_id,
        s.*,
        c.contact_id,
        c.occurrence,
        c.context
    from candidates as c
    inner join {{ ref('int_campaigns') }} as s on c.campaign = s.campaign
)

select * from final

{% if sluice.is_for_one_use() %}
select {{ sluice.as_of() }} as last_created_at
{% else %}
with records as (
    {{ sluice.delivered_records() }}
),

final as (
    select max(created_at) as last_created_at
    from records
    where created_at <= {{ sluice.as_of() }}
)

select * from final
{% endif %}

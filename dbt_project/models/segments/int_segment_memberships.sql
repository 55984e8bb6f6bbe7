with memberships as (
    {% for name in sluice.models_in('segments', prefix='seg_') %}
    select distinct '{{ name[4:] }}' as segment, contact_id from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['segment'], keys=['contact_id']) }}
    {% endfor %}
)

select * from memberships where contact_id is not null

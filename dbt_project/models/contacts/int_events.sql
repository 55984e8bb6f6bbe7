{% set names = models_in('staging', suffix='__events') %}

with events as (
    {% if names %}
    {{ union_models(names, 'staging') }}
    {% else %}
    -- no source tells what people did
    select {{ contact_event('none', 'null', 'null', 'cast(null as timestamp)') }} where 1 = 0
    {% endif %}
)

select * from events

{% set names = models_in('staging', suffix='__consents') %}

with statements as (
    {% if names %}
    {{ union_models(names, 'staging') }}
    {% else %}
    -- no source speaks of consent: nobody has given any
    select {{ consent_statement('null', 'null', 'null', 'null', 'cast(null as timestamp)', 'null') }} where 1 = 0
    {% endif %}
)

select * from statements

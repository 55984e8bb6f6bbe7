{% set names = sluice.models_in('staging', suffix='__consents') %}

with statements as (
    {% for name in names %}
    select '{{ name }}' as stated_in, s.* from {{ sluice.model_ref(name) }} as s
    {% if not loop.last %}union all{% endif %}
    {% else %}
    -- no source speaks of consent: nobody has given any
    select '' as stated_in, {{ sluice.consent_statement('null', 'null', 'null', 'null', 'cast(null as timestamp)', 'null') }} where 1 = 0
    {% endfor %}
)

select * from statements

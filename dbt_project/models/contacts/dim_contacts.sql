{% set attributes = ['full_name', 'email', 'phone', 'unionid', 'company', 'industry', 'company_size', 'job_title', 'budget', 'gender',
                     'birth_date', 'address', 'postcode', 'province', 'city', 'country', 'acquisition_source', 'owner_id'] %}

{# A table of all of them by contact would be larger than what is made of it. #}
{% set groups = attributes | batch(6) | list %}

with winning_values as (
    select * from {{ sluice.of_touched(ref('int_contact_values')) }} where value_rank = 1
),

{% for group in groups %}
pivot_values_{{ loop.index }} as (
    select
        {% for attribute in group %}
        max(case when attribute = '{{ attribute }}' then attribute_value end) as {{ attribute }},
        max(case when attribute = '{{ attribute }}' then source end) as {{ attribute }}_source,
        max(case when attribute = '{{ attribute }}' then updated_at end) as {{ attribute }}_updated_at,
        {% endfor %}
        contact_id
    from winning_values
    where attribute in ('{{ group | join("', '") }}')
    group by contact_id
),

{% endfor %}
count_records as (
    select
        m.contact_id,
        count(*) as record_count,
        count(distinct r.source) as source_count,
        min(r.created_at) as created_at,
        max(r.updated_at) as updated_at,
        min(case when r.is_deleted or g.record_key is not null then 1 else 0 end) = 1 as is_deleted
    from {{ sluice.of_touched(ref('identity_map')) }} as m
    inner join {{ sluice.of_touched(ref('int_contact_records'), 'record_key') }} as r on m.record_key = r.record_key
    left join ({{ sluice.gone_records() }}) as g on m.record_key = g.record_key
    group by m.contact_id
),

final as (
    select
        c.contact_id,
        {% for group in groups %}
        {% set v = 'v' ~ loop.index %}
        {% for attribute in group %}
        {{ 'cast(' ~ v ~ '.birth_date as date) as birth_date' if attribute == 'birth_date' else v ~ '.' ~ attribute }},
        {{ v }}.{{ attribute }}_source,
        {{ v }}.{{ attribute }}_updated_at,
        {% endfor %}
        {% endfor %}
        w.openid,
        coalesce(g.language, {{ sluice.text_literal(var('default_language')) }}) as language,
        c.record_count,
        c.source_count,
        c.is_deleted,
        c.created_at,
        c.updated_at
    from count_records as c
    {% for group in groups %}
    left join pivot_values_{{ loop.index }} as v{{ loop.index }} on c.contact_id = v{{ loop.index }}.contact_id
    {% endfor %}
    left join {{ ref('int_contact_openids') }} as w on c.contact_id = w.contact_id
    left join {{ ref('int_contact_languages') }} as g on c.contact_id = g.contact_id
)

select * from final

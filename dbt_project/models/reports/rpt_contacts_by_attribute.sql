{% set attributes = [
    'country', 'province', 'city', 'industry', 'company_size', 'job_title', 'gender', 'language', 'acquisition_source', 'email_domain_class'
] %}

with contacts as (
    select * from {{ ref('contact_facts') }} where not is_deleted
),

count_values as (
    {% for attribute in attributes %}
    select '{{ attribute }}' as attribute, cast({{ attribute }} as {{ dbt.type_string() }}) as attribute_value, count(*) as contact_count
    from contacts
    group by {{ attribute }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

rank_values as (
    select
        *,
        -- contacts without a value have a row of their own, and take no place
        row_number() over (
            partition by attribute, case when attribute_value is null then 1 else 0 end order by contact_count desc, attribute_value asc
        ) as value_rank
    from count_values
),

fold_rest as (
    -- a value of few people could say who they are
    select
        attribute,
        case
            when attribute_value is null then 'not_known'
            when value_rank <= 15 and contact_count >= {{ var('report_min_contacts') }} then attribute_value
            else 'other'
        end as attribute_value,
        contact_count
    from rank_values
),

final as (
    select
        attribute,
        attribute_value,
        cast(sum(contact_count) as bigint) as contact_count,
        cast(sum(contact_count) as {{ sluice.type_double() }})
        / nullif(cast(sum(sum(contact_count)) over (partition by attribute) as {{ sluice.type_double() }}), 0) as share
    from fold_rest
    group by attribute, attribute_value
)

select * from final

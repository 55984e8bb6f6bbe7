{#
    The values that records give for a contact and attribute, ranked by the seeds survivorship_rules and survivorship_orders: the CTE rank_values.
    `values` has contact_id, source, record_id, updated_at, is_deleted, attribute, attribute_value, defect and weakness.
#}
{% macro rank_values(values) %}
survivorship_rules as (
    {{ sluice.seed_rows('survivorship_rules') }}
),

survivorship_orders as (
    {{ sluice.seed_rows('survivorship_orders') }}
),

find_rules as (
    select
        v.*,
        coalesce(p.priority, d.priority, 100) as priority,
        coalesce(o.first_by, e.first_by) as first_by,
        coalesce(o.second_by, e.second_by) as second_by,
        coalesce(o.third_by, e.third_by) as third_by
    from {{ values }} as v
    left join survivorship_rules as p on v.attribute = p.attribute and v.source = p.source
    left join survivorship_rules as d on d.attribute = '*' and v.source = d.source
    left join survivorship_orders as o on v.attribute = o.attribute
    left join survivorship_orders as e on e.attribute = '*'
),

rank_values as (
    select
        contact_id,
        source,
        record_id,
        updated_at,
        is_deleted,
        attribute,
        attribute_value,
        cast(row_number() over (
            partition by contact_id, attribute
            order by
                is_deleted asc,
                weakness asc,
                {{ sluice.survivorship_criterion('first_by') }} asc,
                {{ sluice.survivorship_criterion('second_by') }} asc,
                {{ sluice.survivorship_criterion('third_by') }} asc,
                updated_at desc, source asc, record_id asc, attribute_value asc
        ) as bigint) as value_rank
    from find_rules
)
{% endmacro %}

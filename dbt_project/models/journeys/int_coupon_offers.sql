{% set pools = sluice.models_in('journeys', prefix='coupons_') %}

with listed as (
    {% for name in pools %}
    select {{ sluice.text_literal(name[8:]) }} as pool, trim(cast(code as {{ dbt.type_string() }})) as code from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['pool', 'code']) }}
    {% endfor %}
),

nodes as (
    {{ sluice.nodes_of_action('give_coupon', 'pool') }}
),

number_nodes as (
    select
        *,
        row_number() over (partition by pool order by journey, version, node) - 1 as node_number,
        count(*) over (partition by pool) as node_count
    from nodes
),

free_codes as (
    -- a code that stands in two pools is of one of them
    select l.code, min(l.pool) as pool
    from listed as l
    left join {{ ref('int_coupons_kept') }} as k on l.code = trim(k.code)
    where l.code <> '' and k.code is null
    group by l.code
),

number_codes as (
    select *, row_number() over (partition by pool order by code) as code_number from free_codes
),

deal_codes as (
    -- anew each day, so that what one node leaves comes to the others
    select c.pool, n.journey, n.version, n.node, c.code, c.code_number
    from number_codes as c
    inner join number_nodes as n
        on c.pool = n.pool and (c.code_number + cast(floor({{ sluice.epoch_seconds(sluice.as_of()) }} / 86400.0) as bigint)) % n.node_count = n.node_number
),

final as (
    select pool, journey, version, node, code, row_number() over (partition by journey, version, node order by code_number) as turn
    from deal_codes
)

select * from final

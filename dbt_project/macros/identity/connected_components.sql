{#
    A model of edges (node_a, node_b) becomes a table (node_id, component_id): component_id is the least node of the
    component. Large-star / small-star (Kiveris et al., "Connected Components in MapReduce and Beyond", 2014), repeated
    until every node points straight at its root, so a chain of any length converges, in O(log n) rounds.
#}
{% materialization connected_components, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {#- beside the table: dbt's temporary relations have no schema on Postgres, and would be made in the user's own -#}
    {%- set edges = target_relation.incorporate(path={'identifier': this.identifier ~ '__edges'}) -%}
    {%- set large = target_relation.incorporate(path={'identifier': this.identifier ~ '__large'}) -%}
    {% do sluice.replace_table(edges, 'select distinct greatest(node_a, node_b) as u, least(node_a, node_b) as v from (' ~ sql ~ ') as e where node_a <> node_b') %}

    {% set state = namespace(is_done=false) %}
    {% for round in range(100) if not state.is_done %}
        {% do sluice.replace_table(large, sluice.large_star(edges)) %}
        {% do sluice.replace_table(edges, sluice.small_star(large)) %}
        {% set state.is_done = sluice.is_star_forest(edges) %}
    {% endfor %}
    {% if not state.is_done %}
        {{ exceptions.raise_compiler_error("connected components of " ~ this ~ " did not converge in 100 rounds") }}
    {% endif %}

    {% do adapter.drop_relation(target_relation) %}
    {% call statement('main') %}
        {{ sluice.table_of(target_relation, 'select u as node_id, v as component_id from ' ~ edges ~ ' union select v, v from ' ~ edges) }}
    {% endcall %}
    {% do adapter.drop_relation(edges) %}
    {% do adapter.drop_relation(large) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Each larger neighbour of a node is linked to the least of its neighbourhood. #}
{% macro large_star(edges) %}
    with neighbours as (
        select u, v from {{ edges }}
        union all
        select v as u, u as v from {{ edges }}
    ),
    roots as (
        select u, least(u, min(v)) as root from neighbours group by u
    )
    select distinct n.v as u, r.root as v
    from neighbours as n
    inner join roots as r on n.u = r.u
    where n.v > n.u
{% endmacro %}

{# Each smaller neighbour of a node, and the node, is linked to the least of them. #}
{% macro small_star(edges) %}
    with roots as (
        select u, min(v) as root from {{ edges }} group by u
    )
    select e.v as u, r.root as v
    from {{ edges }} as e
    inner join roots as r on e.u = r.u
    where e.v <> r.root
    union
    select u, root as v from roots
{% endmacro %}

{# True when every node points at one root, and no root points anywhere. #}
{% macro is_star_forest(edges) %}
    {% set counts = run_query(
        'select (select count(*) - count(distinct u) from ' ~ edges ~ ')'
        ~ ' + (select count(*) from ' ~ edges ~ ' where v in (select u from ' ~ edges ~ ')) as open_edges') %}
    {{ return(counts.rows[0][0] == 0) }}
{% endmacro %}

{% macro replace_table(relation, query) %}
    {% do adapter.drop_relation(relation.incorporate(type='table')) %}
    {% do run_query(sluice.table_of(relation, query)) %}
{% endmacro %}

{% macro table_of(relation, query) %}
    create table {{ relation }} as {{ query }}
{% endmacro %}

with final as (
    select record_key_a, record_key_b, rule, identifier_key, weight, cast(null as {{ dbt.type_string() }}) as explanation
    from {{ ref('int_rule_edges') }}
    {% if var('probabilistic_linkage') %}
    {{ sluice.require_linkage() }}
    union all
    select record_key_a, record_key_b, 'probable' as rule, cast(null as bigint) as identifier_key, match_weight as weight, explanation
    from {{ ref('int_probable_edges') }}
    where is_joining
    {% endif %}
)

select * from final

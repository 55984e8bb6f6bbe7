with shared_values as (
    select * from {{ ref('int_shared_values') }}
),

candidates as (
    select
        a.contact_id as contact_id_a,
        b.contact_id as contact_id_b,
        a.why,
        a.evidence,
        cast(null as {{ sluice.type_double() }}) as probability
    from shared_values as a
    inner join shared_values as b on a.value_key = b.value_key and a.contact_id < b.contact_id
    {% if var('probabilistic_linkage') %}
    union all
    select
        least(a.contact_id, b.contact_id) as contact_id_a,
        greatest(a.contact_id, b.contact_id) as contact_id_b,
        'linkage' as why,
        e.explanation as evidence,
        e.match_probability as probability
    from {{ ref('int_probable_edges') }} as e
    inner join {{ ref('identity_map') }} as a on e.record_key_a = a.record_key
    inner join {{ ref('identity_map') }} as b on e.record_key_b = b.record_key
    where a.contact_id <> b.contact_id and e.match_probability >= {{ var('probable_match_probability') }}
    {% endif %}
),

rank_evidence as (
    select
        *,
        row_number() over (
            partition by contact_id_a, contact_id_b
            order by
                probability is null asc, probability desc,
                case why
                    when 'same_name' then 5
                    when 'same_surname_and_company' then 4
                    when 'same_name_and_city' then 3
                    when 'same_name_and_company' then 2
                    else 1
                end asc,
                why asc, evidence asc
        ) as evidence_rank
    from candidates
),

final as (
    select contact_id_a, contact_id_b, why, evidence, probability from rank_evidence where evidence_rank = 1
)

select * from final

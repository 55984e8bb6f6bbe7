with candidates as (
    select * from {{ ref('int_match_candidates') }}
),

candidate_contacts as (
    select contact_id_a as contact_id from candidates
    union
    select contact_id_b from candidates
),

records as (
    select m.contact_id, r.*
    from candidate_contacts as c
    inner join {{ ref('identity_map') }} as m on c.contact_id = m.contact_id
    inner join {{ ref('int_contact_records') }} as r on m.record_key = r.record_key
),

facts as (
    -- of which a person has one; people move and change firms, but two records that share no more than a name do not get the benefit
    {% for column in ['unionid', 'national_id', 'birth_date', 'city', 'company_key'] %}
    select distinct contact_id, '{{ column }}' as fact, cast({{ column }} as {{ dbt.type_string() }}) as fact_value
    from records
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

other_facts as (
    select c.contact_id_a, c.contact_id_b
    from candidates as c
    inner join facts as a on c.contact_id_a = a.contact_id
    inner join facts as b on c.contact_id_b = b.contact_id and a.fact = b.fact
    where c.why <> 'linkage' or a.fact in ('unionid', 'national_id')
    group by c.contact_id_a, c.contact_id_b, a.fact
    having max(case when a.fact_value = b.fact_value then 1 else 0 end) = 0
),

names as (
    select distinct
        m.contact_id, n.name, n.name_kind, n.name_script, n.name_surname, n.name_given, n.name_codes, n.name_head, n.name_tail
    from candidate_contacts as c
    inner join {{ ref('identity_map') }} as m on c.contact_id = m.contact_id
    inner join {{ ref('int_record_names') }} as n on m.record_key = n.record_key
    where n.name_kind = 'full'
),

other_names as (
    select c.contact_id_a, c.contact_id_b
    from candidates as c
    inner join names as a on c.contact_id_a = a.contact_id
    inner join names as b on c.contact_id_b = b.contact_id
    where c.why <> 'linkage'
    group by c.contact_id_a, c.contact_id_b
    having min(case when {{ sluice.names_contradict('a', 'b') }} then 1 else 0 end) = 1
),

final as (
    select contact_id_a, contact_id_b from other_facts
    union
    select contact_id_a, contact_id_b from other_names
)

select * from final

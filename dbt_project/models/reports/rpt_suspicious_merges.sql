with records as (
    select
        m.contact_id,
        r.record_key,
        r.birth_date,
        r.unionid,
        n.name_sound,
        n.name,
        n.name_kind,
        n.name_script,
        n.name_surname,
        n.name_given,
        n.name_codes,
        n.name_head,
        n.name_tail
    from {{ ref('identity_map') }} as m
    inner join {{ ref('int_contact_records') }} as r on m.record_key = r.record_key
    left join {{ ref('int_record_names') }} as n on r.record_key = n.record_key
),

count_values as (
    select
        contact_id,
        count(*) as record_count,
        count(distinct name_sound) as name_count,
        count(distinct birth_date) as birth_date_count,
        count(distinct unionid) as unionid_count
    from records
    group by contact_id
    having count(*) > 1
),

first_of_each_name as (
    select r.*, row_number() over (partition by r.contact_id, r.name_sound order by r.record_key) as spelling_rank
    from records as r
    inner join count_values as c on r.contact_id = c.contact_id
    where c.name_count between 2 and 20 and r.name_kind = 'full'
),

count_contradictions as (
    select a.contact_id, count(*) as contradiction_count
    from first_of_each_name as a
    inner join first_of_each_name as b on a.contact_id = b.contact_id and a.name_sound < b.name_sound
    where a.spelling_rank = 1 and b.spelling_rank = 1 and {{ sluice.names_contradict('a', 'b') }}
    group by a.contact_id
),

count_guesses as (
    select m.contact_id, count(*) as probable_edge_count
    from {{ ref('identity_edges') }} as e
    inner join {{ ref('identity_map') }} as m on e.record_key_a = m.record_key
    where e.rule = 'probable'
    group by m.contact_id
),

final as (
    select
        c.contact_id,
        c.record_count,
        c.name_count,
        coalesce(x.contradiction_count, 0) as contradiction_count,
        c.birth_date_count,
        c.unionid_count,
        coalesce(g.probable_edge_count, 0) as probable_edge_count,
        3 * coalesce(x.contradiction_count, 0)
        + 4 * greatest(c.unionid_count - 1, 0)
        + 3 * greatest(c.birth_date_count - 1, 0)
        + case when c.record_count > {{ var('identity_large_contact') }} then 2 else 0 end
        + case when g.probable_edge_count > 0 then 1 else 0 end as suspicion
    from count_values as c
    left join count_contradictions as x on c.contact_id = x.contact_id
    left join count_guesses as g on c.contact_id = g.contact_id
)

select * from final where suspicion > 0

with matches as (
    select contact_id_a as contact_id, contact_id_b as match_id, status from {{ ref('probable_matches') }} where status <> 'dismissed'
    union all
    select contact_id_b, contact_id_a, status from {{ ref('probable_matches') }} where status <> 'dismissed'
),

reached as (
    -- whom a person confirmed to be somebody shares that one's matches
    select contact_id, match_id from matches
    union
    select c.contact_id, m.match_id
    from matches as c
    inner join matches as m on c.match_id = m.contact_id
    where c.status = 'confirmed' and c.contact_id <> m.match_id
),

dismissed as (
    select contact_id_a, contact_id_b from {{ ref('probable_matches') }} where status = 'dismissed'
),

final as (
    select r.contact_id, s.channel, s.purpose, min(r.match_id) as match_id, count(*) as match_count
    from reached as r
    inner join {{ ref('contact_consents') }} as s on r.match_id = s.contact_id
    left join dismissed as d
        on least(r.contact_id, r.match_id) = d.contact_id_a and greatest(r.contact_id, r.match_id) = d.contact_id_b
    where d.contact_id_a is null and s.status = 'withdrawn' and s.purpose = 'marketing'
        {% if var('probable_match_policy')['refusals'] != 'share' %}and 1 = 0{% endif %}
    group by r.contact_id, s.channel, s.purpose
)

select * from final

with sizes as (
    select segment, count(*) as contact_count from {{ ref('segment_members') }} group by segment
),

pairs as (
    select a.segment, b.segment as other_segment, count(*) as both_count
    from {{ ref('segment_members') }} as a
    inner join {{ ref('segment_members') }} as b on a.contact_id = b.contact_id and a.segment < b.segment
    group by a.segment, b.segment
),

rank_pairs as (
    select
        p.segment,
        p.other_segment,
        p.both_count,
        s.contact_count as segment_count,
        o.contact_count as other_segment_count,
        p.both_count / cast(least(s.contact_count, o.contact_count) as {{ sluice.type_double() }}) as share_of_smaller,
        row_number() over (order by p.both_count desc, p.segment asc, p.other_segment asc) as pair_rank
    from pairs as p
    inner join sizes as s on p.segment = s.segment
    inner join sizes as o on p.other_segment = o.segment
),

final as (
    select segment, other_segment, both_count, segment_count, other_segment_count, share_of_smaller
    from rank_pairs
    where pair_rank <= 200
)

select * from final

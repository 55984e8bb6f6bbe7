with followers as (
    select m.contact_id, r.record_id as openid, r.created_at as followed_at
    from {{ ref('int_contact_records') }} as r
    inner join {{ ref('identity_map') }} as m on r.record_key = m.record_key
    left join ({{ sluice.gone_records() }}) as g on r.record_key = g.record_key
    where r.source = 'wechat' and not r.is_deleted and g.record_key is null
),

unfollowed as (
    select record_id as openid, max(occurred_at) as unfollowed_at
    from {{ ref('int_events') }}
    where event_type = 'wechat_unfollowed' and record_source = 'wechat' and {{ sluice.is_event_known() }}
    group by record_id
),

rank_followers as (
    -- who left and came back follows since they came back
    select
        f.*,
        row_number() over (partition by f.contact_id order by f.followed_at desc, f.openid asc) as follower_rank
    from followers as f
    left join unfollowed as u on f.openid = u.openid and (f.followed_at is null or f.followed_at <= u.unfollowed_at)
    where u.openid is null
),

final as (
    select contact_id, openid, followed_at from rank_followers where follower_rank = 1
)

select * from final

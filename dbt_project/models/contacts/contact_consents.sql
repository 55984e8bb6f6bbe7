with records as (
    select
        m.contact_id,
        m.record_key,
        m.source,
        m.record_id,
        r.is_deleted,
        g.record_key is not null as is_gone
    from {{ ref('identity_map') }} as m
    inner join {{ ref('int_contact_records') }} as r on m.record_key = r.record_key
    left join ({{ sluice.gone_records() }}) as g on m.record_key = g.record_key
),

deleted_contacts as (
    select contact_id, min(source) as source from ({{ sluice.deleted_contacts('records') }}) as d group by contact_id
),

statements as (
    -- what people said to us counts whenever it was said: a day that is replayed sends to nobody who said no since
    -- (a grant in the preference page does not count before it was given)
    select
        r.contact_id, r.record_key, s.channel, s.purpose, s.status, s.stated_at, s.proof, cast(null as {{ dbt.type_string() }}) as text_version,
        r.source, r.record_id
    from {{ ref('int_person_statements') }} as s
    inner join records as r on s.record_key = r.record_key
    where s.status = 'withdrawn' or (s.status = 'granted' and s.stated_at <= {{ sluice.last_moment() }})
    union all
    select
        r.contact_id, r.record_key, s.channel, s.purpose, s.status, coalesce(s.counts_from, s.stated_at) as stated_at, s.proof, s.text_version,
        r.source, r.record_id
    from {{ ref('int_consent_statements') }} as s
    inner join {{ ref('int_consent_matches') }} as k
        on coalesce(s.record_source, '') = coalesce(k.record_source, '') and coalesce(s.record_id, '') = coalesce(k.record_id, '')
        and coalesce(s.address_hash, '') = coalesce(k.address_hash, '')
    inner join records as r on k.record_key = r.record_key
    where
        (coalesce(s.counts_from, s.stated_at) is null or coalesce(s.counts_from, s.stated_at) <= {{ sluice.last_moment() }})
        -- a grant counts for the record it names and for no other
        and (s.status <> 'granted' or k.found_by = 'exact')
        -- a record that is gone takes its grants with it; a withdrawal stays
        and not (s.status = 'granted' and (r.is_gone{{ '' if var('deletion_holds_marketing') == 'record' else ' or r.is_deleted' }}))
),

own_acts as (
    -- by a grant in the preference page, or by following again: what they lift
    select
        r.contact_id,
        s.record_key,
        s.channel,
        s.purpose,
        s.stated_at,
        s.status = 'granted' as is_grant,
        s.proof like 'followed%' as is_follow
    from {{ ref('int_person_statements') }} as s
    inner join records as r on s.record_key = r.record_key
    where s.status in ('granted', 'lifted') and s.stated_at <= {{ sluice.last_moment() }}
),

last_grants as (
    select contact_id, channel, purpose, max(stated_at) as granted_at
    from own_acts
    where is_grant
    group by contact_id, channel, purpose
),

last_acts as (
    select
        record_key,
        channel,
        purpose,
        max(case when not is_follow then stated_at end) as lifted_at,
        max(case when is_follow then stated_at end) as followed_at
    from own_acts
    group by record_key, channel, purpose
),

standing_statements as (
    -- the person lifts their own no by a later act, on the records that were theirs; never a complaint
    select s.*
    from statements as s
    left join last_acts as a on s.record_key = a.record_key and s.channel = a.channel and s.purpose = a.purpose
    left join last_grants as g on s.contact_id = g.contact_id and s.channel = g.channel and s.purpose = g.purpose
    where
        s.status <> 'withdrawn'
        or s.proof like 'complained%' or s.proof like 'dropped_spam%'
        or not (
            coalesce(a.lifted_at > s.stated_at and g.granted_at > s.stated_at, false)
            or coalesce(s.proof like 'unfollowed%' and a.followed_at > s.stated_at, false)
        )
),

rank_statements as (
    -- at the same moment the stricter statement wins
    select
        *,
        row_number() over (
            partition by contact_id, channel, purpose
            order by
                {% if not var('consent_can_be_regranted') %}case when status = 'withdrawn' then 0 else 1 end asc,{% endif %}
                case when stated_at is null then 0 else 1 end asc, stated_at desc,
                case status when 'withdrawn' then 0 when 'denied' then 1 else 2 end asc, source asc, record_id asc
        ) as statement_rank
    from standing_statements
),

holds as (
    select
        contact_id,
        coalesce(channel, '*') as channel,
        min(coalesce(stated_in || ': ', '') || issue) as proof,
        -- what has no time holds whatever was said
        max(coalesce(stated_at, cast('9999-12-31 00:00:00' as timestamp))) as stated_at
    from {{ ref('consent_issues') }}
    where is_holding and contact_id is not null
    group by contact_id, coalesce(channel, '*')
),

weigh_doubts as (
    select
        s.*,
        d.source as deleted_in,
        {% if var('consent_can_be_regranted') %}
        case when h.stated_at >= s.stated_at then h.proof when a.stated_at >= s.stated_at then a.proof end as held_by
        {% else %}
        coalesce(h.proof, a.proof) as held_by
        {% endif %}
    from rank_statements as s
    left join deleted_contacts as d on s.contact_id = d.contact_id
    left join holds as h on s.contact_id = h.contact_id and s.channel = h.channel
    left join holds as a on s.contact_id = a.contact_id and a.channel = '*'
    where s.statement_rank = 1
),

final as (
    select
        contact_id,
        channel,
        purpose,
        case
            when status <> 'granted' or purpose = 'transactional' then status
            when deleted_in is not null then 'deleted'
            when held_by is not null then 'unclear'
            else status
        end as status,
        stated_at,
        case
            when status <> 'granted' or purpose = 'transactional' then proof
            when deleted_in is not null then 'deleted in ' || deleted_in
            else coalesce(held_by, proof)
        end as proof,
        source as record_source,
        record_id,
        text_version
    from weigh_doubts
)

select * from final

{% set names = sluice.models_in('staging', suffix='__chats') %}

with messages as (
    {% if names %}
    {{ sluice.union_models(names, 'staging') }}
    {% else %}
    -- no source keeps what was said
    select {{ sluice.chat_message('none', 'null', 'cast(null as timestamp)', 'null', 'null', 'null') }} where 1 = 0
    {% endif %}
),

rank_copies as (
    -- a source delivers at least once: the first copy counts
    select *, row_number() over (partition by source, chat_id order by recorded_at asc, said_at asc) as copy_rank
    from messages
    where recorded_at <= {{ sluice.as_of() }} and said_at <= {{ sluice.as_of() }}
),

final as (
    select
        {{ sluice.hash_bigint(["'chat'", 'c.source', 'c.chat_id']) }} as chat_key,
        m.contact_id,
        c.source,
        c.chat_id,
        c.said_at,
        c.direction,
        c.channel,
        c.record_source,
        c.record_id,
        c.message_kind,
        c.message_text,
        c.staff_name
    from rank_copies as c
    inner join {{ ref('identity_map') }} as m on c.record_source = m.source and c.record_id = m.record_id
    left join {{ source('landing', 'erased_records') }} as e
        on {{ sluice.hash_bigint(['c.record_source', 'c.record_id']) }} = e.record_key
    where c.copy_rank = 1 and e.record_key is null
)

select * from final

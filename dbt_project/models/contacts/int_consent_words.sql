with words as (
    select
        lower({{ trim_text('kind') }}) as kind,
        {{ consent_word('word') }} as word,
        lower({{ trim_text('meaning') }}) as meaning
    from {{ ref('consent_words') }}
),

final as (
    select distinct kind, word, meaning
    from words
    where
        word <> '' and (
            (kind = 'status' and meaning in ('granted', 'denied', 'withdrawn'))
            or (kind = 'channel' and meaning in ('email', 'sms', 'wechat', 'ads', 'all'))
            or (kind = 'purpose' and meaning in ('marketing', 'transactional', 'advertising'))
        )
)

select * from final

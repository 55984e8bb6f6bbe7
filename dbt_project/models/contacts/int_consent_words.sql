with words as (
    select
        lower({{ sluice.trim_text('kind') }}) as kind,
        {{ sluice.consent_word('word') }} as word,
        lower({{ sluice.trim_text('meaning') }}) as meaning
    from {{ sluice.seed('consent_words') }}
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

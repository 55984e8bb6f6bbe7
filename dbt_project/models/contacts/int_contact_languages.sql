{#
    What the person chose goes before what a record says, that before the country, the country before a Chinese name, phone or place, and
    then comes the default.
#}

with winning_values as (
    select * from {{ sluice.of_touched(ref('int_contact_values')) }} where value_rank = 1
),

pivot_values as (
    select
        contact_id,
        {{ sluice.language_key("max(case when attribute = 'language' then attribute_value end)") }} as language_key,
        {{ sluice.country_key("max(case when attribute = 'country' then attribute_value end)") }} as country_key,
        max(case when attribute = 'full_name' then attribute_value end) as full_name,
        max(case when attribute = 'phone' then attribute_value end) as phone,
        max(case when attribute = 'province' then attribute_value end) as province
    from winning_values
    group by contact_id
),

split_keys as (
    select *, {{ sluice.language_base('language_key') }} as base_key from pivot_values
),

final as (
    select
        v.contact_id,
        coalesce(
            chosen.value,
            named.language,
            based.language,
            case when {{ sluice.regexp_like('v.base_key', '^[a-z][a-z]$') }} then v.base_key end,
            spoken.language,
            case when {{ sluice.regexp_like('v.full_name', '[一-龥]') }} or v.phone like '+86%' or v.province is not null then 'zh' end,
            {{ sluice.text_literal(var('default_language')) }}
        ) as language
    from split_keys as v
    left join {{ ref('contact_preferences') }} as chosen on v.contact_id = chosen.contact_id and chosen.preference = 'language'
    left join {{ sluice.seed('language_names') }} as named on v.language_key = named.language_key
    left join {{ sluice.seed('language_names') }} as based on v.base_key = based.language_key
    left join {{ sluice.seed('country_names') }} as place on v.country_key = place.country_key
    left join {{ sluice.seed('country_languages') }} as spoken on place.country = spoken.country
)

select * from final

with written_places as (
    select distinct province as written_province, city as written_city
    from {{ ref('int_clean_records') }}
),

keyed_places as (
    select w.written_province, w.written_city, p.region_key as province_key, c.region_key as city_key
    from written_places as w
    left join {{ ref('int_place_keys') }} as p on w.written_province = p.written_place
    left join {{ ref('int_place_keys') }} as c on w.written_city = c.written_place
),

final as (
    select
        k.written_province,
        k.written_city,
        {{ sluice.normalise_province('k.written_province', 'k.written_city') }} as province,
        {{ sluice.normalise_city('k.written_city', 'k.written_province') }} as city
    from keyed_places as k
    {{ sluice.region_joins_by_key('k.province_key', 'k.city_key') }}
)

select * from final

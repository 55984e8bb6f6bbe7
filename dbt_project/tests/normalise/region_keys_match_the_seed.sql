-- every official name is found under its own key
select r.adcode, r.province, r.city, {{ sluice.region_key("coalesce(nullif(r.city, '-'), r.province)") }} as region_key
from {{ ref('cn_regions') }} as r
left join {{ ref('cn_region_keys') }} as k on k.region_key = {{ sluice.region_key("coalesce(nullif(r.city, '-'), r.province)") }}
where k.region_key is null or k.province <> r.province

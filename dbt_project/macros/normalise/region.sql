{#
    Provinces and cities of China under their official names (广东省, 深圳市, 内蒙古自治区, 延边朝鲜族自治州), from any usual spelling: short, official,
    pinyin, English, both in one field (广东省深圳市, 广东-深圳), with 市辖区 or a district behind. The seed cn_region_keys knows the
    spellings (cpca, MIT); nothing is guessed: a place it does not know passes through trimmed, an ambiguous one (Suzhou) too, unless
    the other field tells which. An empty province comes from the city, an empty city from a municipality (上海市).

        select r.record_id, <normalise_province('r.province', 'r.city')> as province, <normalise_city('r.city', 'r.province')> as city
        from records as r
        <region_joins('r.province', 'r.city')>

    region_joins() adds three left joins on one row each, so no row is added or lost. A model that has the keys of both as columns
    gives them to region_joins_by_key(): a key is a long expression.
#}
{% macro region_joins(province_column, city_column) %}
    {{ sluice.region_joins_by_key(sluice.region_key(province_column), sluice.region_key(city_column)) }}
{% endmacro %}

{% macro region_joins_by_key(province_key, city_key) %}
    left join {{ ref('cn_region_keys') }} as region_of_province on {{ province_key }} = region_of_province.region_key
    left join {{ ref('cn_region_keys') }} as region_of_city on {{ city_key }} = region_of_city.region_key
    left join {{ ref('cn_region_keys') }} as region_of_both on region_of_province.province || {{ city_key }} = region_of_both.region_key
{% endmacro %}

{% macro normalise_province(province_column, city_column) -%}
    coalesce(region_of_both.province, region_of_province.province, {{ sluice.normalise_text(province_column) }}, region_of_city.province)
{%- endmacro %}

{% macro normalise_city(city_column, province_column) -%}
    coalesce(
        region_of_both.city,
        nullif(region_of_city.city, '-'),
        case when region_of_city.region_key is null then {{ sluice.normalise_text(city_column) }} end,
        case when not region_of_province.is_province or region_of_province.province = region_of_province.city then nullif(region_of_province.city, '-') end
    )
{%- endmacro %}

{#
    The key under which cn_region_keys holds a place: simplified, half width, lower case, without spaces and signs, 省, 市, 中国, a county or
    district after the city, and the English words province and city. Null for no text.
#}
{% macro region_key(column) -%}
    {{ return(sluice.normalise_text(sluice.region_letters(column))) }}
{%- endmacro %}

{# The same before normalise_text(), which a model asks in a step of its own: this text is long, and would stand there twice. #}
{% macro region_letters(column) -%}
    {% set steps = [
        ('[ .,_/|>·、‘’`-]', ''),
        ('^(中国|china)', ''),
        ('市辖区$', ''),
        ('市[^市]+(区|县)$', ''),
        ('(province|municipality|city)', ''),
        ('[省市]', ''),
    ] %}
    {% set plain = "replace(lower(" ~ sluice.half_width(sluice.to_simplified("cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")")) ~ "), chr(39), '')" %}
    {% set state = namespace(sql=plain) %}
    {% for pattern, replacement in steps %}{% set state.sql = sluice.regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    {{ return(state.sql) }}
{%- endmacro %}

{#
    A phone number in E.164, or null when it is none.
    Chinese mobiles and landlines are known with +86, 0086, 86 or nothing before them, in half or full width, with any separators, a label
    before (手机：) or a note behind; an extension (转8001, ext. 12, x12, #12) is left out, of two numbers the first is kept.
    A mobile needs a prefix in use, a landline its area code, with 0 before it unless 86 is. Service numbers (400, 800, 95xxx, 10086)
    are nobody's own: null. A number of another country needs + or 00, and has 8 to 15 digits; nothing else of it is checked.
    default_country other than 86: what carries no country gets this one, and the Chinese rules hold for +86 and 0086 alone.
    Prefixes and areas: libphonenumber (Apache-2.0), as in the package phonenumbers 9.0.43; Beijing's 10 added.
    In two steps: phone_with_country(), checked_phone().
#}
{% macro normalise_phone(column, default_country='86') -%}
    {% set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" %}
    {{ return(sluice.checked_phone(text, sluice.phone_with_country(text, default_country), default_country)) }}
{%- endmacro %}

{# What one would dial, with the country before it. #}
{% macro phone_with_country(text, default_country='86') -%}
    {% set dialled = sluice.phone_dialled(text) %}
    {% if default_country == '86' %}
        {% set with_country = sluice.regexp_replace_all(dialled, '^([+]?86)?0?(' ~ sluice.mobile_pattern() ~ ')$', '+86\\2') %}
        {% set with_country = sluice.regexp_replace_all(with_country, '^([+]?860?|0)(' ~ sluice.landline_pattern() ~ ')$', '+86\\2') %}
    {% else %}
        {% set with_country = sluice.regexp_replace_all(dialled, '^[+]860', '+86') %}
        {% set with_country = sluice.regexp_replace_all(with_country, '^0?([1-9][0-9]+)$', '+' ~ default_country ~ '\\1') %}
    {% endif %}
    {{ return(with_country) }}
{%- endmacro %}

{# The number in E.164, when there is one: `text` is what was written, `with_country` what phone_with_country() made of it. #}
{% macro checked_phone(text, with_country, default_country='86') -%}
    {% set china = sluice.mobile_pattern() ~ '|' ~ sluice.landline_pattern() %}
    case
        {% if default_country == '86' %}when {{ sluice.regexp_like(text, '^' ~ sluice.mobile_pattern() ~ '$') }} then '+86' || {{ text }}{% endif %}
        when {{ sluice.regexp_like(with_country, '^[+](86(' ~ china ~ ')|([1-79][0-9]|8[0-57-9])[0-9]{6,13})$') }} then {{ with_country }}
    end
{%- endmacro %}

{# The digits of a phone number and nothing else, to match where no country is known; null when fewer than 6. #}
{% macro phone_digits(column) -%}
    {% set half = "translate(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '０１２３４５６７８９．', '0123456789.')" %}
    {% set digits = sluice.regexp_replace_all(sluice.regexp_replace_all(half, '[.]0+ *$', ''), '[^0-9]', '') %}
    case when length({{ digits }}) >= 6 then {{ digits }} end
{%- endmacro %}

{# What one would dial: digits, + before them where a country is given; other letters stay, so that the whole is no number. #}
{% macro phone_dialled(text) -%}
    {% set half = "lower(translate(" ~ text ~ ", '０１２３４５６７８９＋－—–―‐‑．（）［］【】：，；＃　\u00a0／、或', '0123456789+-------.()()():,;#  ///'))" %}
    {% set steps = [
        ('[\u200b-\u200f\u2060\ufeff\u202a-\u202e]', ''),
        ('^([^a-z.]*[0-9][0-9 ]{6,})[.]0+ *$', '\\1'),
        ('^([^/,;]*[0-9][^/,;]{5,}[0-9][^/,;]*)[/,;].*$', '\\1'),
        (' *(转|轉|分机|分機|extension|ext|x|#)[ .:-]*[0-9]{1,6}[^0-9]*$', ''),
        ('^[^0-9+(a-z]+', ''),
        ('^(mobile|mob|cell|tel|telephone|phone|ph|fax|whatsapp|m|t|p)[ .:]+', ''),
        ('[^0-9]+$', ''),
        ('[(]0[)]', ''),
        ('[ .()_-]', ''),
        ('^[+]?00', '+'),
    ] %}
    {% set state = namespace(sql=half) %}
    {% for pattern, replacement in steps %}{% set state.sql = sluice.regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    {{ return(state.sql) }}
{%- endmacro %}

{# National numbers of mobiles. #}
{% macro mobile_pattern() -%}
    {{ return('1(3[0-9]|4[5-9]|5[0-35-9]|6[125-7]|7[0-8]|8[0-9]|9[0-35-9])[0-9]{8}') }}
{%- endmacro %}

{# National numbers of landlines without the 0: an area code of two digits and 8 more, or one of three digits and 7 or 8 more. #}
{% macro landline_pattern() -%}
    {{ return('((10|2[0-57-9])[2-9][0-9]{7}|(3[15][0-9]|37[0-79]|39[1-68]|335|349|47[0-9]|4[35][1-9]|41[125-9]|42[179]|48[23]|46[47-9]|580|5[1357][0-9]|59[1-9]|56[1-46]|54[36]|52[37]|66[0238]|69[12]|63[1-35]|7[1579][0-9]|73[014-9]|76[023689]|701|72[248]|74[3-6]|8[37][0-9]|89[1-8]|85[14-9]|81[236-8]|88[36-8]|82[5-7]|9[39][0-9]|97[0-79]|95[1-5]|91[1-79]|90[1-3689]|94[13])[2-9][0-9]{6,7})') }}
{%- endmacro %}

{# True for a normalised Chinese landline. Many people stand behind one (a switchboard, its extension left out): weak proof of who it is. #}
{% macro phone_is_landline(phone) -%}
    coalesce({{ sluice.regexp_like(phone, '^[+]86' ~ sluice.landline_pattern() ~ '$') }}, false)
{%- endmacro %}

{#
    A birth date as a date, or null: 1980-01-02, 1980/1/2, 1980.1.2, 19800102, 1980年1月2日, a timestamp, or day and month first with the
    year at the end when they cannot be mistaken (one of them above 12, or both equal). Null for a day that does not exist, one before
    1900 and one after as_of(). In two steps: date_with_hyphens(), checked_date().
#}
{% macro normalise_date(column) -%}
    {{ return(sluice.checked_date(sluice.date_with_hyphens(column))) }}
{%- endmacro %}

{# Year, month and day with hyphens between them, where the text has the form of a date; any other text is left more or less as it is. #}
{% macro date_with_hyphens(column) -%}
    {% set twins = [] %}
    {% for n in range(1, 13) %}{% do twins.append((n | string if n > 9 else '0?' ~ n) ~ '-' ~ (n | string if n > 9 else '0?' ~ n)) %}{% endfor %}
    {% set day_above_12 = '(1[3-9]|2[0-9]|3[01])' %}
    {% set month = '(0?[1-9]|1[0-2])' %}
    {% set steps = [
        ('^([0-9]{4,8})[.]0$', '\\1'),
        (' *[年月./] *', '-'),
        (' *(日|号).*$', ''),
        ('([0-9])[ t]+[0-9]{1,2}:.*$', '\\1'),
        ('^([0-9]{4})([0-9]{2})([0-9]{2})$', '\\1-\\2-\\3'),
        ('^' ~ day_above_12 ~ '-' ~ month ~ '-([0-9]{4})$', '\\3-\\2-\\1'),
        ('^' ~ month ~ '-' ~ day_above_12 ~ '-([0-9]{4})$', '\\3-\\1-\\2'),
        ('^(' ~ twins | join('|') ~ ')-([0-9]{4})$', '\\2-\\1'),
        ('-([0-9])-', '-0\\1-'),
        ('-([0-9])$', '-0\\1'),
    ] %}
    {% set state = namespace(sql="lower(" ~ sluice.half_width(sluice.trim_text(column)) ~ ")") %}
    {% for pattern, replacement in steps %}{% set state.sql = sluice.regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    {{ return(state.sql) }}
{%- endmacro %}

{# The date of a text such as 1980-01-02, when that day exists and is not after `latest`, by default as_of(). #}
{% macro checked_date(text, latest=none) -%}
    {% set any_year = '(19|20)[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)' %}
    {% set leap_year = '(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29' %}
    case
        when {{ sluice.regexp_like(text, '^(' ~ any_year ~ '|' ~ leap_year ~ ')$') }} and {{ text }} <= '{{ latest or sluice.as_of_text()[:10] }}'
            then cast({{ text }} as date)
    end
{%- endmacro %}

{#
    Values in the one form in which they are hashed and sent, where warehouses differ. Null is what no destination can hold: not a
    number, an infinity, a time outside the years 1 to 9999.
#}

{#
    A floating number to 12 significant digits, but never to fewer than 2 or more than 20 decimals: sums on parallel threads differ by
    up to 2e-14 of their value from run to run. -0 is 0.
#}
{% macro canonical_double(number) -%}
    {{ return(adapter.dispatch('canonical_double', 'sluice')(number)) }}
{%- endmacro %}

{% macro default__canonical_double(number) -%}
    case when isfinite({{ number }}) then round({{ number }}, {{ sluice.double_decimals(number) }}) + 0.0 end
{%- endmacro %}

{% macro postgres__canonical_double(number) -%}
    case when abs({{ number }}) < 'Infinity' then cast(round(cast({{ number }} as numeric), {{ sluice.double_decimals(number) }}) as double precision) end
{%- endmacro %}

{% macro spark__canonical_double(number) -%}
    case
        when abs({{ number }}) >= 1e10 and abs({{ number }}) < double('Infinity') then round({{ number }}, 2)
        when abs({{ number }}) < 1e10 then cast(format_string('%.11e', {{ number }}) as double) + 0.0d
    end
{%- endmacro %}

{#
    The cell of a number on the grid that is half a step beside the one of canonical_double(), as text: of two numbers closer than half a
    step, either the canonical forms are equal, or these cells are.
#}
{% macro double_cell(number) -%}
    case when {{ sluice.canonical_double(number) }} is not null
        then cast(floor({{ number }} * power(cast(10 as {{ sluice.type_double() }}), {{ sluice.double_decimals(number) }})) as {{ dbt.type_string() }}) end
{%- endmacro %}

{# How many decimals of a finite number are significant, by its size. #}
{% macro double_decimals(number) -%}
    {{ return(adapter.dispatch('double_decimals', 'sluice')(number)) }}
{%- endmacro %}

{% macro default__double_decimals(number) -%}
    greatest(11 - cast(floor(log10(greatest(abs({{ number }}), 1e-9))) as integer), 2)
{%- endmacro %}

{% macro postgres__double_decimals(number) -%}
    greatest(11 - cast(floor(log(greatest(abs({{ number }}), 1e-9))) as integer), 2)
{%- endmacro %}

{# A number of single precision as the double that is written alike: 0.1, and not 0.10000000149011612. #}
{% macro canonical_float(number) -%}
    cast(cast({{ number }} as {{ dbt.type_string() }}) as {{ sluice.type_double() }})
{%- endmacro %}

{# A moment with a time zone as naive UTC. #}
{% macro canonical_moment(moment) -%}
    {{ return(adapter.dispatch('canonical_moment', 'sluice')(moment)) }}
{%- endmacro %}

{% macro default__canonical_moment(moment) -%}
    ({{ moment }} at time zone 'UTC')
{%- endmacro %}

{# The session's zone is UTC there. #}
{% macro spark__canonical_moment(moment) -%}
    {{ moment }}
{%- endmacro %}

{# A text without a letter is nothing: spaces, also no-break and ideographic ones, tabs and line ends are none. #}
{% macro blank_to_null(text) -%}
    {{ return(adapter.dispatch('blank_to_null', 'sluice')(text, '[^ \t\r\n\u00a0\u3000\ufeff]')) }}
{%- endmacro %}

{% macro default__blank_to_null(text, not_blank) -%}
    case when {{ sluice.regexp_like(text, not_blank) }} then {{ text }} end
{%- endmacro %}

{# The first letter of nearly all texts says that they are none; of the others the pattern is asked. #}
{% macro duckdb__blank_to_null(text, not_blank) -%}
    case when {{ text }} between '!' and '~' then {{ text }} when {{ sluice.regexp_like(text, not_blank) }} then {{ text }} end
{%- endmacro %}

{#
    A list, struct or map with each value in its canonical form, nested ones too. Of a list, what is nothing is left out, and an empty one
    is nothing. Other warehouses than DuckDB give JSON.
#}
{% macro canonical_nested(value, data_type, depth) -%}
    {{ return(adapter.dispatch('canonical_nested', 'sluice')(value, data_type, depth)) }}
{%- endmacro %}

{% macro duckdb__canonical_nested(value, data_type, depth) -%}
    {% set kind, each = sluice.value_kind(data_type), 'e' ~ depth %}
    {% if kind == 'list' %}
        {% set part = sluice.canonical_value(each, modules.re.sub('\\[\\d*\\]$', '', data_type), depth + 1) %}
        {% set parts = 'list_filter(list_transform(' ~ value ~ ', lambda ' ~ each ~ ': ' ~ part ~ '), lambda ' ~ each ~ ': ' ~ each ~ ' is not null)' %}
        {{ return('case when len(' ~ parts ~ ') > 0 then ' ~ parts ~ ' end') }}
    {% elif kind == 'map' %}
        {% set types = sluice.type_parts(data_type) %}
        {% set pair = "struct_pack(k := cast(" ~ each ~ ".key as varchar), v := " ~ sluice.canonical_value(each ~ '.value', types[1], depth + 1) ~ ")" %}
        {{ return('case when cardinality(' ~ value ~ ') > 0 then map_from_entries(list_sort(list_transform(map_entries(' ~ value ~ '), lambda ' ~ each ~ ': ' ~ pair ~ '))) end') }}
    {% else %}
        {% set fields = [] %}
        {% for part in sluice.type_parts(data_type) %}
            {% set found = modules.re.match('("(?:[^"]|"")*"|\\S+)\\s+(.*)', part, modules.re.DOTALL) %}
            {% set name = found.group(1) if found.group(1).startswith('"') else '"' ~ found.group(1) ~ '"' %}
            {% do fields.append(name ~ ' := ' ~ sluice.canonical_value(value ~ '.' ~ name, found.group(2), depth + 1)) %}
        {% endfor %}
        {{ return('case when ' ~ value ~ ' is not null then struct_pack(' ~ fields | join(', ') ~ ') end') }}
    {% endif %}
{%- endmacro %}

{% macro default__canonical_nested(value, data_type, depth) -%}
    cast(to_json({{ value }}) as {{ dbt.type_string() }})
{%- endmacro %}

{# The types in the brackets of a nested type: those of a map, or a name and a type each. #}
{% macro type_parts(data_type) %}
    {% set text = data_type[data_type.index('(') + 1:-1] %}
    {% set found = namespace(parts=[], part='', level=0, is_quoted=false) %}
    {% for letter in text %}
        {% if letter == '"' or letter == "'" %}{% set found.is_quoted = not found.is_quoted %}{% endif %}
        {% if not found.is_quoted %}{% set found.level = found.level + (1 if letter == '(' else -1 if letter == ')' else 0) %}{% endif %}
        {% if letter == ',' and found.level == 0 and not found.is_quoted %}
            {% do found.parts.append(found.part | trim) %}{% set found.part = '' %}
        {% else %}
            {% set found.part = found.part ~ letter %}
        {% endif %}
    {% endfor %}
    {{ return(found.parts + [found.part | trim]) }}
{% endmacro %}

{#
    The number of a key that is a text: of one that is a whole number as people write it, that number; of any other a hash of 60 bits.
    Two texts of one number stop their sync (int_sync_checks).
#}
{% macro text_key(text) -%}
    {{ return(adapter.dispatch('text_key', 'sluice')(text)) }}
{%- endmacro %}

{% macro default__text_key(text) -%}
    case
        when {{ text }} is null then null
        when {{ sluice.regexp_like(text, '^(0|-?[1-9][0-9]{0,17})$') }} then cast({{ text }} as bigint)
        else {{ sluice.hash_bigint([text]) }}
    end
{%- endmacro %}

{% macro duckdb__text_key(text) -%}
    case
        when {{ text }} is null then null
        when cast(try_cast({{ text }} as bigint) as varchar) = {{ text }} then try_cast({{ text }} as bigint)
        else {{ sluice.hash_bigint([text]) }}
    end
{%- endmacro %}

{# A name in SQL, whatever stands in it. #}
{% macro quoted(name) -%}
    {{ return(adapter.dispatch('quoted', 'sluice')(name)) }}
{%- endmacro %}

{% macro default__quoted(name) -%}
    {{ return('"' ~ name | replace('"', '""') ~ '"') }}
{%- endmacro %}

{% macro spark__quoted(name) -%}
    {{ return('`' ~ name | replace('`', '``') ~ '`') }}
{%- endmacro %}

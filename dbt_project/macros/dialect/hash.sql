{#
    A stable positive BIGINT of some values: the first bits of md5 over the values as text, joined with U+001F; 60 bits, or four a digit.
    The same values give the same number on every warehouse. Null and '' differ.
#}
{% macro hash_bigint(columns, digits=15) -%}
    {{ return(adapter.dispatch('hash_bigint', 'sluice')(sluice.hash_input(columns), digits)) }}
{%- endmacro %}

{% macro hash_input(columns) -%}
    {% set parts = [] %}
    {% for column in columns %}
        {% do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '~null~')") %}
    {% endfor %}
    {{ return(parts | join(" || '\x1f' || ")) }}
{%- endmacro %}

{% macro default__hash_bigint(text, digits) -%}
    cast('0x' || substr(md5({{ text }}), 1, {{ digits }}) as bigint)
{%- endmacro %}

{% macro postgres__hash_bigint(text, digits) -%}
    cast(cast('x{{ "0" * (16 - digits) }}' || substr(md5({{ text }}), 1, {{ digits }}) as bit(64)) as bigint)
{%- endmacro %}

{% macro spark__hash_bigint(text, digits) -%}
    cast(conv(substr(md5({{ text }}), 1, {{ digits }}), 16, 10) as bigint)
{%- endmacro %}

{#
    The exclusive or of a column of hashes, nulls left out: with their count it tells two sets apart, as long as one of them has no
    hash twice. A sum would be twice as long on its way, for it overflows a BIGINT.
#}
{% macro hash_xor(column) -%}
    bit_xor({{ column }})
{%- endmacro %}

{# SHA-256 of a text in hex: how an address is kept in a suppression list. #}
{% macro sha256_hex(text) -%}
    {{ return(adapter.dispatch('sha256_hex', 'sluice')(text)) }}
{%- endmacro %}

{% macro default__sha256_hex(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro postgres__sha256_hex(text) -%}
    encode(sha256(convert_to({{ text }}, 'UTF8')), 'hex')
{%- endmacro %}

{% macro spark__sha256_hex(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}

{#
    A quick BIGINT of some values, to see whether a row changed. Other than hash_bigint() it differs between warehouses and their
    versions: nothing may be kept by it for good.
#}
{% macro row_fingerprint(columns) -%}
    {{ return(adapter.dispatch('row_fingerprint', 'sluice')(columns)) }}
{%- endmacro %}

{% macro default__row_fingerprint(columns) -%}
    {{ return(sluice.hash_bigint(columns)) }}
{%- endmacro %}

{% macro duckdb__row_fingerprint(columns) -%}
    cast(hash({{ columns | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__row_fingerprint(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}

{#
    An e-mail address in one form, or null when it is none: lower case, half width, without mailto:, a name before <>, outer spaces,
    quotes, brackets and punctuation, or spaces around @; the plus tag dropped; dots in the local part dropped for gmail.com, which ignores
    them, and googlemail.com written gmail.com. Null with two @, no dot in the domain, a dot at an end of the local part or two in a
    row, a space inside, or a letter outside ASCII.
#}
{% macro normalise_email(column) -%}
    {% set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" %}
    {% set address = email_bare(text) %}
    {% set gmail = '@(gmail|googlemail)[.]com$' %}
    {% set lower_text = 'lower(' ~ text ~ ')' %}
    case
        when {{ regexp_like(lower_text, '^[a-z0-9_-]+([.][a-z0-9_-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,24}$') }}
            and not {{ regexp_like(lower_text, gmail) }} then {{ lower_text }}
        when not {{ regexp_like(address, "^[a-z0-9!#$%&*/=?^_`{|}~-]+([.][a-z0-9!#$%&*/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,24}$") }} then null
        when {{ regexp_like(address, gmail) }} then replace(split_part({{ address }}, '@', 1), '.', '') || '@gmail.com'
        else {{ address }}
    end
{%- endmacro %}

{# Lower case and half width, with all that stands around the address and its plus tag taken away. #}
{% macro email_bare(text) -%}
    {% set steps = [
        ('^[^<]*<([^<>]*)>.*$', '\\1'),
        ('^[^a-z0-9]*(mailto|e-?mail|邮箱|电子邮箱|电子邮件|邮件)[ :]+', ''),
        ('[?](subject|body|cc|bcc)=.*$', ''),
        (' *@ *', '@'),
        ('[+][^@]*@', '@'),
    ] %}
    {% set state = namespace(sql="lower(translate(" ~ half_width(text) ~ ", '。“”‘’《》〈〉【】、，；', '.      <><><>   '))") %}
    {% for pattern, replacement in steps %}{% set state.sql = regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    {{ return(trim_punctuation(regexp_replace_all(state.sql, '[\u200b-\u200f\u2060\ufeff]', ''))) }}
{%- endmacro %}

{# Without spaces, quotes, brackets, ; and , at the ends, nor a dot at the very end. #}
{% macro trim_punctuation(text) -%}
    {% set inner = "trim(both ' \";,:()[]<>' from " ~ "replace(" ~ text ~ ", chr(39), ' '))" %}
    trim(both ' ' from trim(trailing '.;, ' from {{ inner }}))
{%- endmacro %}

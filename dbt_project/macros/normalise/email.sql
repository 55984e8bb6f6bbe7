{#
    An e-mail address has two forms: the one to send to, as typed, normalised by RFC 5321 and 5890 alone, and the one to compare records by, its
    mailbox. Nothing is ever sent to the second (docs/decisions/0041). Read in steps, each a column of its own, so that none is computed
    twice: email_bare(), email_with_domain(), checked_email(), email_mailbox().
#}

{#
    Half width, with all that stands around the address taken away: outer spaces, quotes, brackets and punctuation, mailto:, a name before <>,
    spaces around @. The case of letters stays.
#}
{% macro email_bare(column) -%}
    {% set text = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" %}
    {% set label = sluice.any_case('mailto') ~ '|' ~ sluice.any_case('e') ~ '-?' ~ sluice.any_case('mail') %}
    {% set steps = [
        ('^[^<]*<([^<>]*)>.*$', '\\1'),
        ('^[^a-zA-Z0-9]*(' ~ label ~ '|邮箱|电子邮箱|电子邮件|邮件)[ :]+', ''),
        ('(@[^?@]*)[?][^@]*$', '\\1'),
        (' *@ *', '@'),
    ] %}
    {% set state = namespace(sql="translate(" ~ sluice.half_width(text) ~ ", '。｡“”‘’《》〈〉【】、，；', '..      <><><>   ')") %}
    {% for pattern, replacement in steps %}{% set state.sql = sluice.regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    case
        when {{ sluice.regexp_like(text, '^[a-zA-Z0-9_+-]+([.][a-zA-Z0-9_+-]+)*@([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?[.])+[a-zA-Z]{2,63}$') }} then {{ text }}
        else {{ sluice.trim_punctuation(sluice.regexp_replace_all(state.sql, '[\u200b-\u200f\u2060\ufeff]', '')) }}
    end
{%- endmacro %}

{# A pattern of the word in any case. #}
{% macro any_case(word) -%}
    {% for letter in word %}[{{ letter }}{{ letter | upper }}]{% endfor %}
{%- endmacro %}

{# All that stands behind the first @ of an address. #}
{% macro behind_at(address) -%}
    substr({{ address }}, length(split_part({{ address }}, '@', 1)) + 2)
{%- endmacro %}

{# The domain of an address, in the one form in which domains are compared and encoded. #}
{% macro email_domain(address) -%}
    {{ return(sluice.composed('lower(' ~ sluice.behind_at(address) ~ ')')) }}
{%- endmacro %}

{# The address with its domain in lower case, or the one given. #}
{% macro email_with_domain(address, ascii_domain='null') -%}
    split_part({{ address }}, '@', 1) || '@' || coalesce({{ ascii_domain }}, lower({{ sluice.behind_at(address) }}))
{%- endmacro %}

{#
    The address to send to, or null when it is none: the local part as typed, with its case, plus tag, dots and apostrophe, the domain in lower case
    and ASCII. Null with two @, no dot in the domain, a dot at an end of the local part or two in a row, a space inside, a quoted local
    part, a letter outside ASCII before the @ (few servers take SMTPUTF8), more than 64 letters before the @ or 254 in all.
    A pattern has no quote: an apostrophe stands as _ in it.
#}
{% macro checked_email(address) -%}
    {% set atom = '[a-zA-Z0-9!#$%&*+/=?^_`{|}~-]+' %}
    {% set label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?' %}
    case
        when length({{ address }}) <= 254 and length(split_part({{ address }}, '@', 1)) <= 64 and {{ sluice.regexp_like(
            'replace(' ~ address ~ ", chr(39), '_')", '^' ~ atom ~ '([.]' ~ atom ~ ')*@(' ~ label ~ '[.])+([a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$'
        ) }} then {{ address }}
    end
{%- endmacro %}

{# The mailbox of an address, to compare: lower case, without plus tag; at Gmail, which ignores them, without dots. #}
{% macro email_mailbox(address) -%}
    {% set untagged = sluice.regexp_replace_all('lower(' ~ address ~ ')', '^([^+@]+)[+][^@]*@', '\\1@') %}
    {% set known = sluice.regexp_replace_all(untagged, '@googlemail[.]com$', '@gmail.com') %}
    case when {{ known }} like '%@gmail.com' then replace(split_part({{ known }}, '@', 1), '.', '') || '@gmail.com' else {{ known }} end
{%- endmacro %}

{# Without spaces, quotes, brackets, ; and , at the ends, nor a dot at the very end. What stands inside stays. #}
{% macro trim_punctuation(text) -%}
    {% set quote = '\x01' %}
    {% set outer = "trim(both ' \";,:()[]<>" ~ quote ~ "' from replace(" ~ text ~ ", chr(39), '" ~ quote ~ "'))" %}
    {{ return("replace(trim(both ' " ~ quote ~ "' from trim(trailing '.;, " ~ quote ~ "' from " ~ outer ~ ")), '" ~ quote ~ "', chr(39))") }}
{%- endmacro %}

{#
    The types of identifiers, and the column of int_contact_records each stands in. Whether a type joins records: seed identity_rules. `email` is
    the mailbox, to compare; `email_address` the address that is sent to, which joins nothing: whether it is one person's own.
#}
{% macro identifier_columns() %}
    {{ return({
        'email': 'coalesce(mailbox, email)', 'email_address': 'lower(email)', 'phone': 'phone', 'unionid': 'unionid', 'national_id': 'national_id',
        'cookie': 'cookie_id'
    }) }}
{% endmacro %}

{# An own key in one form: 1001.0 is the 1001 of a column of numbers, a UUID is in lower case; what else is written stays. #}
{% macro plain_key(key) -%}
    {% set whole = sluice.regexp_replace_all(key, '^(-?[0-9]+)[.]0+$', '\\1') %}
    case
        when {{ sluice.regexp_like(whole, '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$') }} then lower({{ whole }})
        else {{ whole }}
    end
{%- endmacro %}

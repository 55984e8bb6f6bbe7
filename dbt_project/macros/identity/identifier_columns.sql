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

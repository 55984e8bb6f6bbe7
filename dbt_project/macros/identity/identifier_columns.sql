{# The types of identifiers, and the column of int_contact_records each stands in. Whether a type joins records: seed identity_rules. #}
{% macro identifier_columns() %}
    {{ return({'email': 'email', 'phone': 'phone', 'unionid': 'unionid', 'national_id': 'national_id', 'cookie': 'cookie_id'}) }}
{% endmacro %}

{# Whether a contact is in the held-out share of a segment: a hash of the two, so the same contact on every run and every warehouse. #}
{% macro is_held_out(segment, contact_id, share) -%}
    {{ hash_bigint(["'holdout'", segment, contact_id]) }} % 10000 < {{ share }} * 10000
{%- endmacro %}

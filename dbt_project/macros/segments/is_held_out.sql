{# Whether a contact is in the held-out share of a segment: a hash of the two, so the same contact on every run and every warehouse. #}
{% macro is_held_out(segment, contact_id, share) -%}
    {{ sluice.is_sampled('holdout', segment, contact_id, share) }}
{%- endmacro %}

{# Whether a contact is in a share of the contacts of something, for a purpose: by a hash, so whoever is in a share is in any larger one. #}
{% macro is_sampled(purpose, name, contact_id, share) -%}
    {{ sluice.hash_bigint(["'" ~ purpose ~ "'", name, contact_id]) }} % 10000 < {{ share }} * 10000
{%- endmacro %}

{# The held-out share of a segment's yml. What is no share holds everybody out: a slip of the pen must not send. #}
{% macro holdout_of(rule) -%}
    {%- if rule.holdout is not defined or rule.holdout is none -%}0
    {%- elif rule.holdout is number and rule.holdout is not boolean and 0 <= rule.holdout <= 1 -%}{{ rule.holdout }}
    {%- else -%}1{%- endif -%}
{%- endmacro %}

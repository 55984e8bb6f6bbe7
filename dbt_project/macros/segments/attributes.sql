{#
    What sources say of a contact beyond dim_contacts (contact_attributes). attribute() is a value, as text, for any query that has the contact's id;
    the others are conditions and relations, as in predicates.sql.
#}

{# The value of an attribute, as text; null where no source gives one. `contact` is the contact's id in the query around it. #}
{% macro attribute(name, contact='contact_id') -%}
    (select max(v.attribute_value) from (
        select a.contact_id as attribute_contact_id, a.attribute_value from {{ ref('contact_attributes') }} as a where a.attribute = {{ sluice.text_literal(name) }}
    ) as v where v.attribute_contact_id = {{ contact }})
{%- endmacro %}

{# The attribute is one of these values: attribute_is('plan', 'pro', 'team'). #}
{% macro attribute_is(name) -%}
    {% set values = [] %}
    {% for value in varargs %}{% do values.append(sluice.text_literal(value)) %}{% endfor %}
    contact_id /* {{ (name ~ ' is ' ~ varargs | join(' or ')) | replace('*/', '') }} */ in (
        select a.contact_id
        from {{ ref('contact_attributes') }} as a
        where a.attribute = {{ sluice.text_literal(name) }} and a.attribute_value in ({{ values | join(', ') }})
    )
{%- endmacro %}

{# The attribute is a number at or above this one; a value that is no number is below any. #}
{% macro attribute_at_least(name, number) -%}
    contact_id /* {{ name | replace('*/', '') }} at least {{ number }} */ in (
        select a.contact_id
        from {{ ref('contact_attributes') }} as a
        where a.attribute = {{ sluice.text_literal(name) }} and {{ sluice.number_of('a.attribute_value') }} >= {{ number }}
    )
{%- endmacro %}

{# Some source gives the attribute. #}
{% macro has_attribute(name) -%}
    contact_id /* has the attribute {{ name | replace('*/', '') }} */ in (
        select a.contact_id from {{ ref('contact_attributes') }} as a where a.attribute = {{ sluice.text_literal(name) }}
    )
{%- endmacro %}

{# Contacts with these attributes as columns, for syncs and campaigns: attributes_of('plan', 'seats'). #}
{% macro attributes_of() -%}
    (
        select
            a.contact_id{% for name in varargs %},
            max(case when a.attribute = {{ sluice.text_literal(name) }} then a.attribute_value end) as {{ adapter.quote(name) }}{% endfor %}
        from {{ ref('contact_attributes') }} as a
        where a.attribute in ({% for name in varargs %}{{ sluice.text_literal(name) }}{{ ', ' if not loop.last }}{% endfor %})
        group by a.contact_id
    )
{%- endmacro %}

{#
    A property of an event, as text; null where the event has none. In performed() it stands in `where`: event_property('sku') ~ " = 'A1'"; elsewhere
    name the column: event_property('sku', 'e.properties').
#}
{% macro event_property(name, properties='properties') -%}
    {{ return(sluice.json_text(properties, name)) }}
{%- endmacro %}

{# A text as a number; null for what is none. #}
{% macro number_of(text) -%}
    case when {{ sluice.regexp_like(text, '^ *-?[0-9]{1,15}([.][0-9]{1,15})? *$') }} then cast({{ text }} as {{ sluice.type_double() }}) end
{%- endmacro %}

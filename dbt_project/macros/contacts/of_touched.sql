{#
    A relation, and in a pass of the fast lane only its rows of the contacts that the pass is about. A model that reads by it all that it is
    made of, and in which each row hangs on one contact, is made for these contacts alone then, and holds for the others what the last run
    found (docs/decisions/0088). `key`: contact_id, or record_key where there is no contact.
#}
{% macro of_touched(relation, key='contact_id') -%}
    {%- if var('touched_alone', false) -%}
    (select * from {{ relation }} where {{ key }} in (select {{ key }} from {{ sluice.touched(key) }}))
    {%- else -%}{{ relation }}{%- endif -%}
{%- endmacro %}

{# The same of events that no contact is known of yet: those that may be theirs, with all copies. #}
{% macro events_of_touched(events, identifiers) -%}
    {%- if var('touched_alone', false) -%}
    (
        select e.*
        from {{ events }} as e
        where exists (
            select 1
            from {{ events }} as t
            where
                t.event_key = e.event_key
                and (
                    t.record_key in (select record_key from {{ sluice.touched('record_key') }})
                    or t.recipient_id in (select contact_id from {{ sluice.touched('contact_id') }})
                    or t.cookie_id in (
                        select identifier_value from {{ sluice.of_touched(identifiers) }} as i where i.identifier_type = 'cookie'
                    )
                )
        )
    )
    {%- else -%}{{ events }}{%- endif -%}
{%- endmacro %}

{# The table of the copied warehouse that a pass keeps its contacts in, or their records. #}
{% macro touched(key) -%}
    {{ api.Relation.create(
        database=target.database, schema=sluice.schema_name('landing'),
        identifier={'contact_id': 'touched_contacts', 'record_key': 'touched_records'}[key]
    ) }}
{%- endmacro %}

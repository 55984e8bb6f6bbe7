{#
    Records stay known when their source stops sending them: only the source's own mark deletes. What goes is what a replay of an
    earlier day cannot know yet, and the records of a source that was turned off.
#}
{% macro forget_records_not_known_yet() %}
    {{ sluice.delete_rows('created_at > ' ~ sluice.as_of() ~ " or source not in ('" ~ sluice.contact_sources() | join("', '") ~ "')") }}
{% endmacro %}

{# The sources whose stg_<source>__contacts is on; of one that could not be read today, the records stay. #}
{% macro contact_sources() %}
    {% set names = [] %}
    {% for name in sluice.models_in('staging', suffix='__contacts', with_broken=true) %}{% do names.append(name[4:-10]) %}{% endfor %}
    {{ return(names) }}
{% endmacro %}

{# Rows of records that int_contact_records no longer holds. #}
{% macro forget_rows_without_record() %}
    {{ sluice.delete_rows('not exists (select 1 from ' ~ ref('int_contact_records') ~ ' as r where r.record_key = ' ~ this.identifier ~ '.record_key)') }}
{% endmacro %}

{# Rows of records that changed, or that int_contact_records no longer holds: a model that keeps record_hash makes them anew. #}
{% macro forget_rows_of_changed_records() %}
    {{ sluice.delete_rows('not exists (select 1 from ' ~ ref('int_contact_records') ~ ' as r where r.record_key = ' ~ this.identifier
        ~ '.record_key and r.record_hash = ' ~ this.identifier ~ '.record_hash)') }}
{% endmacro %}

{# Given name and surname as one name: 王芳, or Fang Wang. Null when both are. #}
{% macro joined_name(given_name, surname) -%}
    case
        when {{ sluice.regexp_like(surname, '[一-龥]') }} then {{ surname }} || coalesce({{ given_name }}, '')
        else nullif(trim(coalesce({{ given_name }}, '') || ' ' || coalesce({{ surname }}, '')), '')
    end
{%- endmacro %}

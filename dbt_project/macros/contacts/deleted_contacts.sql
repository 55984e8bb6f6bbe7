{#
    The contacts to whom marketing is held since a source deleted them, by the variable deletion_holds_marketing: a `record` of theirs is
    marked as deleted; all their records of one `source` are; or `all` their records are, anywhere.
#}
{% macro deleted_contacts(records) %}
    {% set holds = sluice.setting('deletion_holds_marketing') %}
    {% if holds not in ('record', 'source', 'all') %}
        {{ exceptions.raise_compiler_error("var deletion_holds_marketing is '" ~ holds ~ "': set record, source or all in dbt_project.yml") }}
    {% endif %}
    {% if holds == 'record' %}
    select contact_id, source from {{ records }} where is_deleted
    {% elif holds == 'source' %}
    select contact_id, source from {{ records }} group by contact_id, source having min(case when is_deleted or is_gone then 1 else 0 end) = 1
        and max(case when is_deleted then 1 else 0 end) = 1
    {% else %}
    select contact_id, min(source) as source from {{ records }} group by contact_id
    having min(case when is_deleted or is_gone then 1 else 0 end) = 1
    {% endif %}
{% endmacro %}

{#
    Whether a loader says that a row is gone at its source, for contact_record(is_deleted=...): the tables of `airbyte` (change data capture),
    `fivetran`, `singer` (Meltano) and `dlt` (slowly changing, scd2) keep such rows and mark them. docs/landing.md.
#}
{% macro deleted_by(loader) -%}
    {% set marks = {
        'airbyte': '_ab_cdc_deleted_at is not null',
        'fivetran': 'coalesce(_fivetran_deleted, false)',
        'singer': '_sdc_deleted_at is not null',
        'dlt': '_dlt_valid_to is not null',
    } %}
    {% if loader not in marks %}
        {{ exceptions.raise_compiler_error("deleted_by('" ~ loader ~ "'): no such loader is known; use one of " ~ marks | join(', ')
            ~ ", or write the condition itself") }}
    {% endif %}
    {{ return('(' ~ marks[loader] ~ ')') }}
{%- endmacro %}

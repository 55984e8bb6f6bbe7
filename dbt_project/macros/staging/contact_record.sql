{#
    The columns of a person-like record, in the one order every stg_<source>__contacts has.
    Name the source's expressions; what a source does not have is null. record_id and created_at are required. Values stay as they are
    written: int_contact_records normalises what changed.
    Besides: identifiers={type: expression}, own keys that may join records (own_keys()); attributes={name: expression}, or
    extra_columns(source, table), what segments, syncs and templates may ask for (contact_attributes).
#}
{% macro contact_record(source) %}
    {% set texts = sluice.contact_record_texts() %}
    {% set given = kwargs %}
    {% for name in given if name not in texts + ['record_id', 'created_at', 'updated_at', 'is_deleted', 'identifiers', 'attributes'] %}
        {{ exceptions.raise_compiler_error("contact_record(): unknown column " ~ name ~ "; it takes " ~ texts) }}
    {% endfor %}
    '{{ source }}' as source,
    cast({{ given['record_id'] }} as {{ dbt.type_string() }}) as record_id,
    {% for name in texts %}
    cast({{ given.get(name, 'null') }} as {{ dbt.type_string() }}) as {{ name }},
    {% endfor %}
    {{ sluice.own_keys(given.get('identifiers', {})) }} as identifiers,
    {{ sluice.more_values(given.get('attributes')) }} as attributes,
    coalesce({{ given.get('is_deleted', 'false') }}, false) as is_deleted,
    {{ sluice.naive_utc(given['created_at']) }} as created_at,
    {{ sluice.naive_utc('coalesce(' ~ given.get('updated_at', given['created_at']) ~ ', ' ~ given['created_at'] ~ ')') }} as updated_at
{% endmacro %}

{# The texts of a record, in order. national_id is an identity card or the like; birth_date as written, address without city,
   language as a code or a name, to write in. #}
{% macro contact_record_texts() %}
    {{ return(['full_name', 'given_name', 'surname', 'phone', 'email', 'unionid', 'cookie_id', 'national_id', 'birth_date', 'company',
               'industry', 'company_size', 'job_title', 'budget', 'gender', 'address', 'postcode', 'province', 'city', 'country', 'acquisition_source', 'owner_id',
               'language']) }}
{% endmacro %}

{# How many of the texts say something. #}
{% macro filled_count(columns) -%}
    {% set parts = [] %}
    {% for column in columns %}{% do parts.append("case when trim(" ~ column ~ ") <> '' then 1 else 0 end") %}{% endfor %}
    {{ return(parts | join(' + ')) }}
{%- endmacro %}

{# The records of all sources that are on, as they were delivered; none where no source has contacts. #}
{% macro delivered_records() %}
    {% for name in sluice.models_in('staging', suffix='__contacts') %}
    select * from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select {{ sluice.contact_record('none', record_id='null', created_at='cast(null as timestamp)') }} where 1 = 0
    {% endfor %}
{% endmacro %}

{#
    The number a row of a sync is compared by, a positive BIGINT of three parts:
        7 bits  mapping_version of the yml, 1 to 127
        16 bits the mapping: key, object, list, and for each column the field it goes to and how it is written
        40 bits the key and the values, as they would be written
    So the log alone says under which mapping a row was sent: a changed mapping is distinguished from changed values, also after the warehouse
    was lost. 40 bits: of a million changed rows a day, one is overlooked in 2,700 years.
#}
{% macro row_hash(name) %}
    {% set values = [sluice.sync_key_text(name)] %}
    {% for column in sluice.sync_columns(name) %}{% do values.append(sluice.written_value(column)) %}{% endfor %}
    {{ return(sluice.mapping_base(name) ~ ' + ' ~ sluice.hash_bigint(values, digits=10)) }}
{% endmacro %}

{# The smallest hash of a row under the yml's mapping; all others are less than mapping_span() above it. #}
{% macro mapping_base(name) %}
    {% if not execute %}{{ return('0') }}{% endif %}
    {% set sync = sluice.model_meta(name, 'sync') %}
    {% set parts = [sync.key | lower, sync.get('object', 'contacts'), sync.get('list', '')] %}
    {% for column in sluice.sync_columns(name) %}{% do parts.append(column.to ~ '=' ~ column.write) %}{% endfor %}
    {% set mapping = local_md5(parts | join('\x1f'))[:4] | int(base=16) %}
    {{ return('cast(' ~ ((sync.get('mapping_version', 1) * 65536 + mapping) * 1099511627776) ~ ' as bigint)') }}
{% endmacro %}

{# The smallest hash of a row under the yml's mapping_version, whatever the mapping. #}
{% macro version_base(name) %}
    {{ return('cast(' ~ (sluice.model_meta(name, 'sync').get('mapping_version', 1) * 72057594037927936) ~ ' as bigint)') }}
{% endmacro %}

{# How many hashes there are under one mapping: 2 to the power of 40. #}
{% macro mapping_span() %}{{ return('1099511627776') }}{% endmacro %}

{#
    The id of an operation, 60 bits: of a first one a hash of sync, key and row; of each further one the operation before it and the hash of
    the row added, which spares the diff a tenth of its time. So a row that comes back to old values has an id of its own each time.
#}
{% macro operation_id(stream_id, sync_key, row_hash, operation_before) %}
    {% set span = 'cast(1152921504606846976 as bigint)' %}
    {{ return(
        'case when ' ~ operation_before ~ ' is null then ' ~ sluice.hash_bigint([stream_id, sync_key, row_hash])
        ~ ' else (' ~ operation_before ~ ' + ' ~ row_hash ~ ' % ' ~ span ~ ') % ' ~ span ~ ' end'
    ) }}
{% endmacro %}

{#
    A column in the one form in which it is hashed, and sent: by the type it has in the warehouse. So what did not change is not sent again,
    and every destination is given the same (docs/decisions/0032). A text, whole number, date or naive time is as it is.
#}
{% macro canonical_value(value, data_type, depth=0) %}
    {% set kind = sluice.value_kind(data_type) %}
    {% if kind == 'double' %}{{ return(sluice.canonical_double(value) | trim) }}
    {% elif kind == 'float' %}{{ return(sluice.canonical_double(sluice.canonical_float(value)) | trim) }}
    {% elif kind == 'text' %}{{ return(sluice.blank_to_null(sluice.as_text(value, data_type)) | trim if sluice.may_be_blank(data_type) else sluice.as_text(value, data_type)) }}
    {% elif kind == 'date' %}{{ return(sluice.within_years(value, 'date') | trim) }}
    {% elif kind == 'timestamp' %}{{ return(sluice.within_years('cast(' ~ value ~ ' as timestamp)', 'timestamp') | trim) }}
    {% elif kind == 'moment' %}{{ return(sluice.within_years(sluice.canonical_moment(value), 'timestamp') | trim) }}
    {% elif kind in ('list', 'struct', 'map') %}{{ return(sluice.canonical_nested(value, data_type, depth) | trim) }}
    {% elif kind == 'none' %}{{ return('cast(null as ' ~ dbt.type_string() ~ ')') }}
    {% elif kind == 'big_integer' and depth %}{{ return('cast(' ~ value ~ ' as decimal(38, 0))') }}
    {% else %}{{ return(value) }}
    {% endif %}
{% endmacro %}

{# The same as a plan's file can hold it: Parquet knows no whole numbers of more than 64 bits. #}
{% macro sent_value(value, data_type) %}
    {{ return('cast(' ~ value ~ ' as decimal(38, 0))' if sluice.value_kind(data_type) == 'big_integer' else sluice.canonical_value(value, data_type)) }}
{% endmacro %}

{# boolean, integer (64 bits at most), big_integer, decimal, float, double, text, date, timestamp, moment, list, struct, map; none: no form. #}
{% macro value_kind(data_type) %}
    {% set name = data_type | lower | trim %}
    {% set head = modules.re.split('[^a-z0-9_ ]', name)[0] | trim %}
    {% set kinds = {
        'boolean': ['boolean', 'bool'],
        'integer': ['tinyint', 'smallint', 'integer', 'int', 'bigint', 'utinyint', 'usmallint', 'uinteger', 'byte', 'short', 'long'],
        'big_integer': ['ubigint', 'hugeint', 'uhugeint'],
        'decimal': ['decimal', 'numeric'],
        'float': ['float', 'real'],
        'double': ['double', 'double precision'],
        'text': [
            'varchar', 'character varying', 'text', 'string', 'char', 'character', 'bpchar', 'citext', 'name', 'uuid', 'enum', 'json',
            'jsonb', 'user', 'time', 'time without time zone', 'time with time zone', 'timetz', 'time_ns', 'bit', 'bit varying', 'bignum',
            'varint', 'inet', 'cidr', 'macaddr', 'xml'
        ],
        'date': ['date'],
        'timestamp': [
            'timestamp', 'timestamp without time zone', 'timestamp_s', 'timestamp_ms', 'timestamp_us', 'timestamp_ns', 'timestamp_ntz'
        ],
        'moment': ['timestamp with time zone', 'timestamptz'],
        'struct': ['struct'],
        'map': ['map'],
    } %}
    {% if name.endswith(']') or head == 'array' %}{{ return('list') }}{% endif %}
    {% if head.startswith('interval') or name == '"null"' or name == 'void' %}{{ return('text') }}{% endif %}
    {% for kind, names in kinds.items() if head in names %}{{ return(kind) }}{% endfor %}
    {{ return('none') }}
{% endmacro %}

{# Whether the value, or one within it, has a kind. #}
{% macro has_kind(data_type, kind) %}
    {% if sluice.value_kind(data_type) == 'list' and data_type.endswith(']') %}
        {{ return(sluice.has_kind(modules.re.sub('\\[\\d*\\]$', '', data_type), kind)) }}
    {% elif sluice.value_kind(data_type) in ('struct', 'map') and '(' in data_type %}
        {% for part in sluice.type_parts(data_type) %}
            {% set inner = modules.re.sub('^("(?:[^"]|"")*"|\\S+)\\s+', '', part) if sluice.value_kind(data_type) == 'struct' else part %}
            {% if sluice.has_kind(inner, kind) %}{{ return(true) }}{% endif %}
        {% endfor %}
        {{ return(false) }}
    {% endif %}
    {{ return(sluice.value_kind(data_type) == kind) }}
{% endmacro %}

{# Whether a text of this type may hold spaces alone: a UUID, a time or an interval does not. #}
{% macro may_be_blank(data_type) %}
    {% set head = modules.re.split('[^a-z0-9_ ]', data_type | lower | trim)[0] | trim %}
    {{ return(not head.startswith('interval') and head not in ('uuid', 'time', 'time without time zone', 'time with time zone', 'timetz', 'bit', 'bignum')) }}
{% endmacro %}

{% macro as_text(value, data_type) %}
    {% set is_text = data_type | lower | trim in ('varchar', 'text', 'string', 'character varying') %}
    {{ return(value if is_text else 'cast(' ~ value ~ ' as ' ~ dbt.type_string() ~ ')') }}
{% endmacro %}

{% macro within_years(value, data_type) %}
    {% set last = '9999-12-31' if data_type == 'date' else '9999-12-31 23:59:59.999999' %}
    case when {{ value }} between cast('0001-01-01' as {{ data_type }}) and cast('{{ last }}' as {{ data_type }}) then {{ value }} end
{% endmacro %}

{# What a destination is asked for: a list of lists or structs is as hard to hold as a struct. #}
{% macro sent_kind(data_type) %}
    {% if sluice.has_kind(data_type, 'none') %}{{ return('none') }}{% endif %}
    {% set inner = modules.re.sub('\\[\\d*\\]$', '', data_type) %}
    {{ return('struct' if inner != data_type and sluice.value_kind(inner) in ('list', 'struct', 'map') else sluice.value_kind(data_type)) }}
{% endmacro %}

{# The rows of int_sync_columns, as SQL. #}
{% macro sync_column_rows() %}
    {% set rows = [] %}
    {% if execute %}
        {% for name in sluice.keyed_sync_models() %}
            {% set key = sluice.sync_key_column(name) %}
            {% for column in sluice.relation_columns(name) %}
                {% set is_key = column.name == key.name %}
                {% set text = (sluice.sync_key_text(name, 'w') if sluice.has_text_key(name) else none) if is_key else sluice.sent_value('w.' ~ sluice.quoted(column.name), column.dtype) %}
                {% set kind = sluice.sent_kind(column.dtype) %}
                {% do rows.append([
                    sluice.text_literal(name[5:]), sluice.text_literal(column.name), loop.index, sluice.text_literal(column.dtype), sluice.text_literal(kind), is_key | lower,
                    sluice.text_literal(text), sluice.text_literal(sluice.sync_key(name, 'w') if is_key else none)
                ]) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {{ return(rows) }}
{% endmacro %}

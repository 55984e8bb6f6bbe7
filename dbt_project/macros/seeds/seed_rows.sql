{#
    What the rows of a seed must be. All columns are loaded as text, so that a bad value is a bad row: seed_rows() gives the good ones in
    their types, seed_faults() the others. `required` may not be empty; `values` are the words a column may hold, in any letter case; `key`:
    of rows alike, one counts.
#}
{% macro seed_rules(seed) %}
    {{ return({
        'manual_tags': {
            'columns': ['tag', 'source', 'record_id', 'action', 'reason_en', 'reason_zh', 'tagged_at', 'tagged_by'],
            'required': ['tag', 'source', 'record_id', 'action', 'tagged_at'],
            'values': {'action': ['add', 'remove']}, 'types': {'tagged_at': 'timestamp'}, 'key': [],
        },
        'score_adjustments': {
            'columns': ['adjustment_id', 'score_model', 'source', 'record_id', 'points', 'reason_en', 'reason_zh', 'valid_from', 'valid_until'],
            'required': ['adjustment_id', 'score_model', 'source', 'record_id', 'points', 'valid_from'],
            'values': {}, 'types': {'points': 'integer', 'valid_from': 'timestamp', 'valid_until': 'timestamp'}, 'key': ['adjustment_id'],
        },
        'message_limits': {
            'columns': ['lifecycle', 'stage', 'channel', 'max_messages', 'days'],
            'required': ['lifecycle', 'stage', 'channel', 'max_messages', 'days'],
            'values': {'channel': ['email', 'sms', 'wechat', '*']}, 'types': {'max_messages': 'integer', 'days': 'integer'},
            'key': ['lifecycle', 'stage', 'channel', 'days'],
        },
        'survivorship_rules': {
            'columns': ['attribute', 'source', 'priority'],
            'required': ['attribute', 'source', 'priority'],
            'values': {}, 'types': {'priority': 'integer'}, 'key': ['attribute', 'source'],
        },
        'survivorship_orders': {
            'columns': ['attribute', 'first_by', 'second_by', 'third_by'],
            'required': ['attribute', 'first_by'],
            'values': dict.fromkeys(['first_by', 'second_by', 'third_by'], ['quality', 'priority', 'recency', 'longest']),
            'types': {}, 'key': ['attribute'],
        },
        'consent_words': {
            'columns': ['kind', 'word', 'meaning'],
            'required': ['kind', 'word', 'meaning'],
            'values': {
                'kind': ['status', 'channel', 'purpose'],
                'meaning': ['granted', 'denied', 'withdrawn', 'email', 'sms', 'wechat', 'ads', 'all', 'marketing', 'transactional', 'advertising'],
            },
            'types': {}, 'key': [],
        },
        'marketing_costs': {
            'columns': ['month', 'kind', 'channel', 'amount', 'currency'],
            'required': ['month', 'kind', 'amount', 'currency'],
            'values': {'kind': ['tool', 'content', 'people', 'channel']}, 'types': {'month': 'timestamp', 'amount': 'number'}, 'key': [],
        },
        'channel_prices': {
            'columns': ['channel', 'destination', 'phone_prefix', 'valid_from', 'price', 'currency', 'per', 'segments'],
            'required': ['channel', 'valid_from', 'price', 'currency', 'per'],
            'values': {'channel': ['email', 'sms', 'wechat'], 'per': ['message', 'segment']},
            'types': {'valid_from': 'timestamp', 'price': 'number of 0 or more', 'segments': 'number of 0 or more'},
            'key': ['channel', 'destination', 'phone_prefix', 'valid_from'],
        },
        'targets': {
            'columns': [
                'metric', 'campaign', 'period_start', 'period_end', 'target', 'owner', 'cause_en', 'cause_zh', 'action_en', 'action_zh', 'due_date'
            ],
            'required': ['metric', 'period_start', 'period_end', 'target', 'owner'],
            'values': {}, 'types': {'period_start': 'timestamp', 'period_end': 'timestamp', 'target': 'number', 'due_date': 'timestamp'},
            'key': ['metric', 'campaign', 'period_start', 'period_end'],
        },
        'alert_rules': {
            'columns': ['rule', 'limit_value', 'days', 'minimum', 'owner', 'channel'],
            'required': ['rule', 'owner', 'channel'],
            'values': {
                'rule': ['open_rate', 'bounce_rate', 'complaint_rate', 'score_age', 'source_age', 'follow_up_rate', 'never_sent'],
                'channel': ['email', 'wecom_robot', 'none'],
            },
            'types': {'limit_value': 'number', 'days': 'integer', 'minimum': 'integer'}, 'key': ['rule'],
        },
    }[seed]) }}
{% endmacro %}

{# The seeds that have such rules. #}
{% macro checked_seeds() %}
    {{ return([
        'manual_tags', 'score_adjustments', 'message_limits', 'survivorship_rules', 'survivorship_orders', 'consent_words', 'marketing_costs',
        'channel_prices', 'targets', 'alert_rules'
    ]) }}
{% endmacro %}

{# The good rows of a seed, in their types. #}
{% macro seed_rows(seed) %}
    {% set rules = sluice.seed_rules(seed) %}
    select
        {% for name in rules['columns'] %}
        {{ sluice.seed_value(name, rules) }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from ({{ sluice.seed_checked(seed) }}) as checked
    where fault is null
{% endmacro %}

{# The bad rows: why, and the row as a JSON object. #}
{% macro seed_faults(seed) %}
    {% set pairs = {} %}
    {% for name in sluice.seed_rules(seed)['columns'] %}{% do pairs.update({name: name}) %}{% endfor %}
    select '{{ seed }}' as seed, fault, {{ sluice.json_object(pairs) }} as row_text
    from ({{ sluice.seed_checked(seed) }}) as checked
    where fault is not null
{% endmacro %}

{% macro seed_checked(seed) %}
    {% set rules = sluice.seed_rules(seed) %}
    select
        {{ rules['columns'] | join(', ') }},
        coalesce(row_fault, case when copy_number > 1 then 'stands there twice: {{ rules["key"] | join(", ") }}' end) as fault
    from (
        select
            *,
            {% if rules['key'] %}
            row_number() over (
                partition by {{ rules['key'] | join(', ') }}, case when row_fault is null then 0 else 1 end
                order by {{ rules['columns'] | join(', ') }}
            ) as copy_number
            {% else %}
            1 as copy_number
            {% endif %}
        from (
            select
                {% for name in rules['columns'] %}
                nullif({{ sluice.trim_text(name) }}, '') as {{ name }},
                {% endfor %}
                {{ sluice.seed_fault(rules) }} as row_fault
            from {{ sluice.seed(seed) }} as written
        ) as trimmed
    ) as counted
{% endmacro %}

{# SQL: what is wrong with a row, or null. It names the column, never the value. #}
{% macro seed_fault(rules) %}
    case
        {% for name in rules['required'] %}
        when coalesce({{ sluice.trim_text(name) }}, '') = '' then '{{ name }} is empty'
        {% endfor %}
        {% for name, words in rules['values'].items() %}
        when {{ sluice.trim_text(name) }} <> '' and lower({{ sluice.trim_text(name) }}) not in ('{{ words | join("', '") }}') then '{{ name }} is none of {{ words | join(", ") }}'
        {% endfor %}
        {% for name, type in rules['types'].items() %}
        when {{ sluice.trim_text(name) }} <> '' and not {{ sluice.regexp_like(sluice.trim_text(name), sluice.seed_pattern(type)) }} then '{{ name }} is no {{ type }}'
        {% endfor %}
    end
{% endmacro %}

{% macro seed_value(name, rules) -%}
    {% set type = rules['types'].get(name) %}
    {% if type is not none and type.startswith('number') %}{% set type = sluice.type_double() | trim %}{% endif %}
    {% if name in rules['values'] %}lower({{ name }}){% elif type %}cast({{ name }} as {{ type }}){% else %}{{ name }}{% endif %}
{%- endmacro %}

{#
    A number may be written as spreadsheets write a small one: 1e-05. A time is a day that exists, and may have hours, minutes, seconds and
    their parts: 2026-06-30 08:00:00.
#}
{% macro seed_pattern(type) -%}
    {% set day = '[0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)' %}
    {% set leap_day = '(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29' %}
    {% set hours = '([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?)?' %}
    {% set number = '[0-9]{1,12}([.][0-9]{1,12})?([eE][-+]?[0-9]{1,2})?$' %}
    {% if type == 'number' %}{{ return('^-?' ~ number) }}{% elif type == 'number of 0 or more' %}{{ return('^' ~ number) }}{% endif %}
    {{ return('^-?[0-9]{1,9}$' if type == 'integer' else '^(' ~ day ~ '|' ~ leap_day ~ ')' ~ hours ~ '$') }}
{%- endmacro %}

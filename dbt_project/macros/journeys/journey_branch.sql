{# The words of a condition, one after the other: what all, any and not join. #}
{% macro condition_words(condition) %}
    {% set word, found = sluice.condition_word(condition), [] %}
    {% if word in ('all', 'any') %}
        {% for one in condition[word] %}{% do found.extend(sluice.condition_words(one)) %}{% endfor %}
    {% elif word == 'not' %}
        {% do found.extend(sluice.condition_words(condition[word])) %}
    {% else %}
        {% do found.append(condition) %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}

{# For each word of the branches of a node who meets it: the CTEs word_<n>_<branch>_<number of the word>. #}
{% macro branch_words(number, name, node, before) %}
    {% for one in node.branch %}
        {% set branch = loop.index %}
        {% for word in sluice.condition_words(one.when) %}
word_{{ number }}_{{ branch }}_{{ loop.index }} as (
            {% if sluice.is_since_entry(word) %}
    select p.enrolment_id
    from {{ before }} as p
    inner join {{ ref('contact_events') }} as e on p.contact_id = e.contact_id and e.occurred_at > p.entered_at and e.occurred_at <= p.arrived_at
    where p.node = '{{ name }}' and not e.is_machine and e.event_type = {{ sluice.text_literal(word.performed) }}{{ sluice.journey_filter(word.where) }}
    group by p.enrolment_id
    having count(*) >= {{ word.get('at_least', 1) | int }}
            {% else %}
    select enrolment_id from travellers where {{ sluice.journey_condition(word) }}
            {% endif %}
),

        {% endfor %}
    {% endfor %}
{% endmacro %}

{% macro join_branch_words(number, node) %}
    {% for one in node.branch %}
        {% set branch = loop.index %}
        {% for word in sluice.condition_words(one.when) %}
    left join word_{{ number }}_{{ branch }}_{{ loop.index }} on p.enrolment_id = word_{{ number }}_{{ branch }}_{{ loop.index }}.enrolment_id
        {% endfor %}
    {% endfor %}
{% endmacro %}

{# A branch's condition on the joined words; `at` counts them, in the order of condition_words(). #}
{% macro branch_test(number, branch, condition, at) -%}
    {%- set word = sluice.condition_word(condition) -%}
    {%- if word in ('all', 'any') -%}
        ({% for one in condition[word] %}{{ sluice.branch_test(number, branch, one, at) }}{{ (' and ' if word == 'all' else ' or ') if not loop.last }}{% endfor %})
    {%- elif word == 'not' -%}
        not ({{ sluice.branch_test(number, branch, condition[word], at) }})
    {%- else -%}
        {%- do at.append(at.pop() + 1) -%}
        word_{{ number }}_{{ branch }}_{{ at[0] }}.enrolment_id is not null
    {%- endif -%}
{%- endmacro %}

{#
    What is given away once: the codes of a pool (give_coupon), and places with the people of a team (assign). The offers of a run are dealt to
    the nodes that give them before the journeys move (int_coupon_offers, int_owner_offers), so that no two journeys give the same; at a node
    contacts stand in line by the moment they came. Who gets nothing waits there, or goes on to on_none.
#}

{# {action, subject, by, column} of a node that gives away, none of others; `column` of the pass holds what the contact has of it. #}
{% macro offer_of(node) %}
    {% set action = node.get('action') %}
    {% if action is mapping and action.get('give_coupon') %}
        {{ return({'action': 'give_coupon', 'subject': action.give_coupon, 'by': none, 'column': 'coupon_' ~ local_md5(action.give_coupon)[:8]}) }}
    {% elif action is mapping and action.get('assign') %}
        {% set named = action.assign is mapping %}
        {{ return({
            'action': 'assign', 'subject': action.assign.team if named else action.assign, 'by': action.assign.get('by') if named else none,
            'column': 'owner_id'
        }) }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{# What nodes give away: {column of the pass: pool; none of an owner}. #}
{% macro offers_of(nodes) %}
    {% set found = {} %}
    {% for node in (nodes or {}).values() if node is mapping %}
        {% set offer = sluice.offer_of(node) %}
        {% if offer %}{% do found.update({offer.column: offer.subject if offer.action == 'give_coupon' else none}) %}{% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro names_of_offer_columns(nodes) %}{{ return(sluice.offers_of(nodes).keys() | list) }}{% endmacro %}

{# An edge to each pool and team, so that a broken one stops who uses it; a pool that holds a code twice stops them too. #}
{% macro use_offers(nodes) %}
    {% for node in (nodes or {}).values() if node is mapping %}
        {% set offer = sluice.offer_of(node) %}
        {% if offer and offer.action == 'give_coupon' %}
            {% do sluice.depend_on('journeys', 'coupons_', offer.subject, 'give_coupon') %}
            {% do sluice.refuse_duplicate_codes(offer.subject) %}
        {% elif offer %}{% do sluice.depend_on('journeys', 'owners_', offer.subject, 'assign') %}
        {% endif %}
    {% endfor %}
{% endmacro %}

{% macro refuse_duplicate_codes(pool) %}
    {% set codes = sluice.existing_relation('coupons_' ~ pool) %}
    {% if codes %}
        {% set text = "trim(cast(code as " ~ dbt.type_string() ~ "))" %}
        {% set query = "select " ~ text ~ " as code from " ~ codes ~ " where " ~ text ~ " <> '' group by 1 having count(*) > 1 order by 1 limit 3" %}
        {% set found = run_query(query).columns[0].values() %}
        {% if found | length > 0 %}
            {{ exceptions.raise_compiler_error(model.original_file_path ~ ": the pool coupons_" ~ pool ~ " holds a code more than once: " ~ found | join(', ')
                ~ "; take the others out, and this journey goes on") }}
        {% endif %}
    {% endif %}
{% endmacro %}

{# In pass_0: the code that the enrolment has from an earlier run, the owner that the contact has. #}
{% macro offer_columns(nodes) %}
    {% for column, pool in sluice.offers_of(nodes).items() %}{{ (column ~ '.code') if pool else 'o.owner_id' }} as {{ column }}, {% endfor %}

{% endmacro %}

{% macro join_offer_columns(nodes) %}
    {% for column, pool in sluice.offers_of(nodes).items() %}
        {%- if pool %}
    left join {{ ref('int_coupons_kept') }} as {{ column }} on t.enrolment_id = {{ column }}.enrolment_id and {{ column }}.pool = {{ sluice.text_literal(pool) }}
        {%- else %}
    left join {{ ref('int_contact_owners') }} as o on t.contact_id = o.contact_id
        {%- endif %}
    {% endfor %}

{% endmacro %}

{# When a contact gets what a node gives away: on arrival, or now, where it stood there before this run. #}
{% macro draws_at(name) -%}
    case when p.message_node = '{{ name }}' then {{ sluice.as_of() }} else p.arrived_at end
{%- endmacro %}

{# What a move gave. #}
{% macro drawn_of(nodes, order) -%}
    {% set found = [] %}
    {% for name in order if sluice.offer_of(nodes[name]) %}
        {% set offer, number = sluice.offer_of(nodes[name]), order.index(name) + 1 %}
        {% do found.append('when n.move_number = ' ~ number ~ ' and p.why_' ~ number ~ " = '" ~ offer.action ~ "' then p." ~ offer.column) %}
    {% endfor %}
    {% if found %}case {{ found | join(' ') }} end{% else %}cast(null as {{ dbt.type_string() }}){% endif %}

{%- endmacro %}

{# What a node gives in this run: the CTE draw_<n> (enrolment_id, item), of those who have nothing of it yet. #}
{% macro journey_draws(number, name, settings, offer, before) %}
line_{{ number }} as (
    select p.enrolment_id, p.contact_id, {{ sluice.draws_at(name) }} as asked_at
    from {{ before }} as p
    left join {{ ref('int_journey_merged_steps') }} as d on p.enrolment_id = d.enrolment_id and d.node = '{{ name }}'
    where p.node = '{{ name }}' and {{ sluice.draws_at(name) }} <= p.horizon and p.{{ offer.column }} is null and d.enrolment_id is null
),

{% set place %}o.journey = '{{ sluice.journey_of(model.name) }}' and o.version = {{ settings.version | int }} and o.node = '{{ name }}'{% endset %}
{% if offer.action == 'give_coupon' %}
turn_{{ number }} as (
    select enrolment_id, row_number() over (order by asked_at, enrolment_id) as turn from line_{{ number }}
),

draw_{{ number }} as (
    select t.enrolment_id, o.code as item
    from turn_{{ number }} as t
    inner join {{ ref('int_coupon_offers') }} as o on t.turn = o.turn and {{ place }}
),
{% else %}
offer_{{ number }} as (
    select o.owner_id, o.serves, o.held, o.free_places from {{ ref('int_owner_offers') }} as o where {{ place }}
),

asking_{{ number }} as (
    -- a contact once, whatever its enrolments
    select contact_id, min(asked_at) as asked_at from line_{{ number }} group by contact_id
),

served_{{ number }} as (
    select a.contact_id, a.asked_at, v.serves
    from asking_{{ number }} as a
    {% if offer.by %}
    {% set is_golden = offer.by in ['province', 'city', 'country', 'industry', 'company', 'company_size', 'budget', 'gender', 'job_title', 'acquisition_source'] %}
    {% if is_golden %}left join {{ ref('dim_contacts') }} as x on a.contact_id = x.contact_id
    {% else %}left join {{ ref('contact_attributes') }} as x on a.contact_id = x.contact_id and x.attribute = {{ sluice.text_literal(offer.by) }}
    {% endif %}
    left join (select serves from offer_{{ number }} where serves is not null group by serves) as v on x.{{ offer.by if is_golden else 'attribute_value' }} = v.serves
    {% else %}
    left join (select serves from offer_{{ number }} where 1 = 0) as v on v.serves = ''
    {% endif %}
),

turn_{{ number }} as (
    select
        contact_id,
        asked_at,
        serves,
        row_number() over (partition by serves order by asked_at, contact_id) as turn,
        row_number() over (order by asked_at, contact_id) as place_number
    from served_{{ number }}
),

place_{{ number }} as (
    -- who has fewest comes first
    select o.owner_id, o.serves, row_number() over (partition by o.serves order by o.held + t.place_number, o.owner_id) as turn
    from offer_{{ number }} as o
    inner join turn_{{ number }} as t on o.free_places is null or t.place_number <= o.free_places
),

own_{{ number }} as (
    select t.contact_id, p.owner_id
    from turn_{{ number }} as t
    inner join place_{{ number }} as p on t.serves = p.serves and t.turn = p.turn
),

rest_{{ number }} as (
    -- of nobody in particular, or of people who can take no more
    select t.contact_id, row_number() over (order by t.asked_at, t.contact_id) as turn
    from turn_{{ number }} as t
    left join own_{{ number }} as w on t.contact_id = w.contact_id
    where w.contact_id is null
),

draw_{{ number }} as (
    select l.enrolment_id, f.owner_id as item
    from line_{{ number }} as l
    inner join (
        select contact_id, owner_id from own_{{ number }}
        union all
        select r.contact_id, p.owner_id
        from rest_{{ number }} as r
        inner join place_{{ number }} as p on r.turn = p.turn and p.serves is null
    ) as f on l.contact_id = f.contact_id
),
{% endif %}
{% endmacro %}

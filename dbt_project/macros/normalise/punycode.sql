{#
    The ASCII form (A-label, RFC 3492 and 5891) of internationalised domains: a query that gives `column` of `relation` and ascii_domain. The
    domains are in lower case and composed (email_domain()). No recursion, so that it runs on every warehouse: the place of each
    letter outside ASCII follows from the letters below it, its bias from the delta before it, and a delta has at most nine digits.
    Null where a label is empty or has a letter that no domain has.
#}
{% macro ascii_domains(relation, column) %}
    with domains as (select distinct {{ column }} as domain from {{ relation }}),

    labels as (
        select d.domain, n.n as label_no, split_part(d.domain, '.', n.n) as label
        from domains as d
        inner join {{ sluice.numbers(20) }} as n on n.n <= length(d.domain) - length(replace(d.domain, '.', '')) + 1
    ),

    letters as (
        select l.label, n.n as place, substr(l.label, n.n, 1) as letter, ascii(substr(l.label, n.n, 1)) as code
        from (select distinct label from labels) as l
        inner join {{ sluice.numbers(63) }} as n on n.n <= length(l.label)
    ),

    plain_letters as (
        select
            label,
            count(case when code < 128 then 1 end) as plain_count,
            coalesce({{ sluice.joined_texts("case when code < 128 then letter end", '', 'place') }}, '') as plain,
            max(case when {{ sluice.is_no_domain_letter('code') }} then 1 else 0 end) as is_refused
        from letters
        group by label
    ),

    insertions as (
        -- where the letter goes among those that stand already, and how many these are
        select
            a.label,
            a.place,
            a.code,
            count(case when b.place < a.place and b.code <= a.code then 1 end) as spot,
            count(case when b.code < a.code or (b.code = a.code and b.place < a.place) then 1 end) as standing,
            row_number() over (partition by a.label order by a.code, a.place) as step
        from letters as a
        inner join letters as b on a.label = b.label
        where a.code >= 128
        group by a.label, a.place, a.code
    ),

    deltas as (
        select
            label,
            step,
            standing,
            (code - coalesce(lag(code) over (partition by label order by step), 128)) * (standing + 1) + spot
            - coalesce(lag(spot) over (partition by label order by step) + 1, 0) as delta
        from insertions
    ),

    halved as (
        select
            label,
            step,
            delta,
            standing,
            {{ sluice.whole_part('lag(delta) over (partition by label order by step)', 'case step when 2 then 700 else 2 end') }} as half
        from deltas
    ),

    scaled as (select label, step, delta, half + {{ sluice.whole_part('half', 'standing') }} as scale from halved),

    digits_0 as (
        select
            label,
            step,
            delta as rest,
            case
                when scale is null then 72
                {% for n in range(6) %}
                {% set part = sluice.whole_part('scale', 35 ** n) %}
                {{ 'else' if loop.last else 'when scale < ' ~ 456 * 35 ** n ~ ' then' }} {{ 36 * n }} + {{ sluice.whole_part('36 * ' ~ part, '(' ~ part ~ ' + 38)') }}
                {% endfor %}
            end as bias,
            '' as digits
        from scaled
    ),
    {% for n in range(1, 10) %}
    {% set t = 'least(greatest(' ~ 36 * n ~ ' - bias, 1), 26)' %}

    digits_{{ n }} as (
        select
            label,
            step,
            case when rest >= {{ t }} then {{ sluice.whole_part('rest - ' ~ t, '(36 - ' ~ t ~ ')') }} end as rest,
            bias,
            digits || case
                when rest is null then ''
                else substr('abcdefghijklmnopqrstuvwxyz0123456789', cast(case when rest < {{ t }} then rest else {{ t }} + (rest - {{ t }}) % (36 - {{ t }}) end + 1 as integer), 1)
            end as digits
        from digits_{{ n - 1 }}
        {{ sluice.computed_once() }}
    ),
    {% endfor %}

    encoded as (
        select label, {{ sluice.joined_texts('digits', '', 'step') }} as digits from digits_9 group by label
    ),

    ascii_labels as (
        select
            p.label,
            case
                when p.is_refused = 1 then null
                when e.label is null then p.label
                else 'xn--' || p.plain || case when p.plain_count > 0 then '-' else '' end || e.digits
            end as ascii_label
        from plain_letters as p
        left join encoded as e on p.label = e.label
    )

    select
        l.domain as {{ column }},
        case when count(*) = count(a.ascii_label) then {{ sluice.joined_texts('a.ascii_label', '.', 'l.label_no') }} end as ascii_domain
    from labels as l
    left join ascii_labels as a on l.label = a.label
    group by l.domain
{% endmacro %}

{# The whole part of a quotient of two whole numbers that are not negative. #}
{% macro whole_part(dividend, divisor) -%}
    cast(floor(cast({{ dividend }} as {{ sluice.type_double() }}) / {{ divisor }}) as bigint)
{%- endmacro %}

{# Signs, marks of punctuation, and the forms of full and half width, which have been read as what they stand for. #}
{% macro is_no_domain_letter(code) -%}
    {{ code }} < 45 or {{ code }} in (46, 47) or {{ code }} between 58 and 96 or {{ code }} between 123 and 182
    or {{ code }} between 8192 and 8303 or {{ code }} between 12289 and 12292 or {{ code }} between 12296 and 12336
    or {{ code }} between 57344 and 63743 or {{ code }} between 65281 and 65533
{%- endmacro %}

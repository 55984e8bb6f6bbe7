{#
    CTE: the evidence of the likelihood, few rows however many customers. Customers alike in repeats, age and silence count as their mean;
    apart, how many customers placed a repeat order of number n.
#}
{% macro purchase_evidence(days) %}
evidence as (
    select era, null as purchase_number, count(*) as customers, avg(repeats) as repeats, avg(recency) as recency, avg(age) as age
    from histories
    group by
        era,
        case when repeats <= 8 then repeats else floor(6 * ln(repeats + 0.5)) end,
        floor(16 * ln(7 * age + 7.5)),
        floor(8 * ln(7 * (age - recency) + 3.5))
    union all
    select era, purchase_number, count(*), null, null, null
    from {{ days }}
    where purchase_number > 0
    group by era, purchase_number
)
{% endmacro %}

{#
    The parameters of each era (r, alpha, a, b) from its purchase_days(), by the greatest likelihood under a weak prior. The search is over ln r, ln(r / alpha),
    the logit of a / (a + b) and ln(a + b), which are nearly independent: each round weighs 33 points around the last centre, the best
    count most, and the next round looks closer. Sixteen rounds come from a factor of 120 around the prior to within 2 %.

    The prior (normal, standard deviation 2 in each) decides only where orders say nothing: r 0.5, the mean rate of the data, a drop-out
    of 27 %, a + b 4.
#}
{% macro purchase_parameters(days, rounds=16, shrink=0.75) %}
with {{ sluice.purchase_histories(days) }},

{{ sluice.purchase_evidence(days) }},

offsets as (
    {%- for offset in sluice.search_offsets() %}
    {{ 'union all ' if not loop.first }}select {{ offset[0] }} as o1, {{ offset[1] }} as o2, {{ offset[2] }} as o3, {{ offset[3] }} as o4
    {%- endfor %}
),

search_0 as (
    select
        era,
        ln((sum(repeats) + 0.5) / (sum(age) + 52)) + 0.5 as prior_u2,
        cast(ln(0.5) as {{ sluice.type_double() }}) as u1,
        ln((sum(repeats) + 0.5) / (sum(age) + 52)) + 0.5 as u2,
        cast(-1 as {{ sluice.type_double() }}) as u3,
        cast(ln(4.0) as {{ sluice.type_double() }}) as u4
    from histories
    group by era
),
{% for round in range(1, rounds + 1) %}
{{ sluice.search_round(round, shrink ** (round - 1)) }}{{ ',' if not loop.last }}
{% endfor %}
select era, {{ sluice.search_parameters() }} from search_{{ rounds }}
{% endmacro %}

{# One round: points around the last centre, their likelihoods, weights, and the weighted mean as the next centre. #}
{% macro search_round(round, step) %}
points_{{ round }} as (
    select *, {{ sluice.search_parameters() }}
    from (
        select
            c.era,
            c.prior_u2,
            c.u1 + o.o1 * {{ 1.2 * step }} as u1,
            c.u2 + o.o2 * {{ 1.2 * step }} as u2,
            c.u3 + o.o3 * {{ 1.6 * step }} as u3,
            c.u4 + o.o4 * {{ 1.2 * step }} as u4
        from search_{{ round - 1 }} as c
        cross join offsets as o
    ) as around {{ sluice.computed_once() }}
),

likelihoods_{{ round }} as (
    select
        p.era, p.prior_u2, p.u1, p.u2, p.u3, p.u4,
        sum({{ sluice.log_likelihood() }})
        - ((p.u1 - ln(0.5)) * (p.u1 - ln(0.5)) + (p.u2 - p.prior_u2) * (p.u2 - p.prior_u2)
            + (p.u3 + 1) * (p.u3 + 1) + (p.u4 - ln(4.0)) * (p.u4 - ln(4.0))) / 8 as likelihood
    from points_{{ round }} as p
    inner join evidence as e on p.era = e.era
    group by p.era, p.prior_u2, p.u1, p.u2, p.u3, p.u4
),

weights_{{ round }} as (
    select
        *,
        exp(
            100 * (likelihood - max(likelihood) over (partition by era))
            / (max(likelihood) over (partition by era) - min(likelihood) over (partition by era) + 1e-9)
        ) as weight
    from likelihoods_{{ round }} {{ sluice.computed_once() }}
),

search_{{ round }} as (
    select
        era,
        max(prior_u2) as prior_u2,
        sum(u1 * weight) / sum(weight) as u1,
        sum(u2 * weight) / sum(weight) as u2,
        sum(u3 * weight) / sum(weight) as u3,
        sum(u4 * weight) / sum(weight) as u4
    from weights_{{ round }}
    group by era
)
{% endmacro %}

{# The parameters from the coordinates of the search. #}
{% macro search_parameters() -%}
    exp(u1) as r, exp(u1 - u2) as alpha, exp(u4) / (1 + exp(-u3)) as a, exp(u4) / (1 + exp(u3)) as b
{%- endmacro %}

{#
    The log-likelihood of a row of evidence e at a point p: equation (6) of the paper. Its gamma functions are products over the repeat
    orders, Γ(r + x) / Γ(r) = r (r + 1) ... (r + x - 1), and so a sum over their numbers.
#}
{% macro log_likelihood() -%}
    e.customers * case
        when e.purchase_number is not null
            then ln(p.r + e.purchase_number - 1) + ln(p.b + e.purchase_number - 1) - ln(p.a + p.b + e.purchase_number - 1)
        when e.repeats = 0 then p.r * (ln(p.alpha) - ln(p.alpha + e.age))
        else
            p.r * ln(p.alpha) - (p.r + e.repeats) * ln(p.alpha + e.age)
            + greatest({{ sluice.log_odds_gone('p', 'e') }}, 0) + ln(1 + exp(-least(abs({{ sluice.log_odds_gone('p', 'e') }}), 500)))
    end
{%- endmacro %}

{# ln of the odds that a customer who came back is gone: equation (7) of the paper, of the history e under the parameters p. #}
{% macro log_odds_gone(p, e) -%}
    (ln({{ p }}.a / ({{ p }}.b + {{ e }}.repeats - 1)) + ({{ p }}.r + {{ e }}.repeats) * ln(({{ p }}.alpha + {{ e }}.age) / ({{ p }}.alpha + {{ e }}.recency)))
{%- endmacro %}

{# The centre, the 8 points one step along an axis, and the 24 along two. #}
{% macro search_offsets() %}
    {% set found = [] %}
    {% for i in [0, -1, 1] %}{% for j in [0, -1, 1] %}{% for k in [0, -1, 1] %}{% for l in [0, -1, 1] %}
        {% if [i, j, k, l].count(0) >= 2 %}{% do found.append([i, j, k, l]) %}{% endif %}
    {% endfor %}{% endfor %}{% endfor %}{% endfor %}
    {{ return(found) }}
{% endmacro %}

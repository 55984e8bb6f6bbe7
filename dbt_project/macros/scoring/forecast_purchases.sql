{#
    CTEs: the orders each customer is expected to place, in each era: the chance to be still a customer, times what one who is would order.

    The latter is equation (10) of the paper. Euler's transformation of its hypergeometric function (Abramowitz and Stegun 15.3.3), with the
    first term taken apart, leaves a series without a pole at a = 1 or a + b = 1. With z = t / (alpha + T + t) and C = a + b + x - 1:

        E = C (1 - (1 - z)^(a - 1)) / (a - 1) - (1 - z)^(a - 1) sum over n of d(n) z^n,
        d(1) = a + b - 1 - r,  d(n + 1) / d(n) = (a + b - 1 - r + n) (a + n - 1) / ((C + n) (n + 1)).

    Terms are summed while they count, 512 at most; no forecast leaves the range from 0 to that of a customer who never drops out.
#}
{% macro forecast_purchases(parameters) %}
informed_histories as (
    select
        h.*, p.r, p.alpha, p.a, p.b,
        case
            when h.repeats = 0 then 1
            else 1 / (1 + exp(least(greatest({{ sluice.log_odds_gone('p', 'h') }}, -500), 500)))
        end as p_alive
    from histories as h
    inner join {{ parameters }} as p on h.era = p.era
),

profiles as (
    select
        era, repeats, age, weeks, r, alpha, a, b,
        ln(greatest(weeks / (alpha + age + weeks), 1e-12)) as ln_z,
        ln((alpha + age) / (alpha + age + weeks)) as ln_rest
    from informed_histories
    group by era, repeats, age, weeks, r, alpha, a, b
),

numbers as (
    {{ dbt.generate_series(512) }}
),

-- ln and sign of d(n) / d(n - 1), the first is d(1)
ratios as (
    select
        p.era, p.repeats, n.generated_number as term,
        ln(greatest(abs(p.a + p.b - 2 - p.r + n.generated_number), 1e-12))
        + case
            when n.generated_number = 1 then 0
            else ln((p.a + n.generated_number - 2) / ((p.a + p.b + p.repeats + n.generated_number - 2) * n.generated_number))
        end as ln_ratio,
        case when p.a + p.b - 2 - p.r + n.generated_number < 0 then 1 else 0 end as is_negative
    from (select distinct era, repeats, r, a, b from profiles) as p
    cross join numbers as n
),

coefficients as (
    select
        era, repeats, term,
        sum(ln_ratio) over (partition by era, repeats order by term) as ln_coefficient,
        1 - 2 * (sum(is_negative) over (partition by era, repeats order by term) % 2) as coefficient_sign
    from ratios
),

series as (
    select
        p.era, p.repeats, p.age,
        sum(c.coefficient_sign * exp(least(greatest(c.ln_coefficient + c.term * p.ln_z + (p.a - 1) * p.ln_rest, -500), 500))) as series_sum
    from profiles as p
    inner join coefficients as c on p.era = c.era and p.repeats = c.repeats and c.term * -p.ln_z <= 40 + 2 * p.a
    group by p.era, p.repeats, p.age
),

active_forecasts as (
    select
        p.era, p.repeats, p.age,
        greatest(0, least(
            (p.r + p.repeats) * p.weeks / (p.alpha + p.age),
            (p.a + p.b + p.repeats - 1)
            * case when abs(p.a - 1) < 1e-6 then -p.ln_rest else (1 - exp((p.a - 1) * p.ln_rest)) / (p.a - 1) end
            - coalesce(s.series_sum, 0)
        )) as orders_if_active
    from profiles as p
    left join series as s on p.era = s.era and p.repeats = s.repeats and p.age = s.age
),

forecasts as (
    select h.*, h.p_alive * f.orders_if_active as expected_orders
    from informed_histories as h
    inner join active_forecasts as f on h.era = f.era and h.repeats = f.repeats and h.age = f.age
)
{% endmacro %}

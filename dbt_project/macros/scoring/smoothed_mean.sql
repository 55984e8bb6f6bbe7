{#
    The mean of `value` for each `key` of a relation, shrunk to the mean of all: n values count against `within / between` values of the
    mean of all (Bühlmann credibility). Variance within is pooled over keys with several values; variance between is that of the keys'
    means less what noise adds. Without a key of several values, or when keys do not differ, everyone gets the mean of all.
#}
{% macro smoothed_mean(relation, key, value) %}
with key_means as (
    select
        {{ key }},
        cast(count({{ value }}) as {{ sluice.type_double() }}) as n,
        avg({{ value }}) as key_mean,
        case when count({{ value }}) > 1 then var_samp({{ value }}) * (count({{ value }}) - 1) else 0 end as squares
    from {{ relation }}
    group by {{ key }}
),

population as (
    select
        sum(n * key_mean) / sum(n) as population_mean,
        sum(squares) / nullif(sum(n) - count(n), 0) as within_variance,
        case when count(n) > 1 then var_samp(key_mean) end as variance_of_means,
        avg(1 / n) as mean_of_inverses
    from key_means
    where n > 0
),

variances as (
    select
        population_mean,
        within_variance,
        greatest(variance_of_means - within_variance * mean_of_inverses, 0) as between_variance
    from population
)

select
    k.{{ key }},
    case
        when k.n = 0 or v.between_variance is null then v.population_mean
        when v.between_variance = 0 then v.population_mean
        else
            (v.between_variance * k.n * k.key_mean + v.within_variance * v.population_mean)
            / (v.between_variance * k.n + v.within_variance)
    end as smoothed_mean
from key_means as k
cross join variances as v
{% endmacro %}

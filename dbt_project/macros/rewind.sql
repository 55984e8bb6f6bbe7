{#
    A pre-hook of a history: a replay of an earlier day forgets what later days wrote. Groups that could not be computed in this run (named
    in var('broken'), without `prefix`) keep what they have.
#}
{% macro rewind(column, group=none, prefix=none) %}
    {% if is_incremental() %}
    delete from {{ this }}
    where {{ column }} >= {{ as_of() }}
        {% if prefix and broken_names(prefix) %}and {{ group }} not in ('{{ broken_names(prefix) | join("', '") }}'){% endif %}
    {% endif %}
{% endmacro %}

{#
    Draws the sample of each pilot among the contacts that may be written to, today or when it is their hour: in the order of a hash, as many
    as there are places left. Gives the CTE `result` with the reason pilot for whoever is not in it. Who had a message before is in the
    sample for good, and has no pilot_places; so no more people than the size ever get one.
#}
{% macro draw_pilot(result, messages) %}
{{ result }}_waiting as (
    select
        *,
        pilot_places is not null and first_reason in ('paused', 'quiet_hours', 'active_hours', 'variant_time', 'due') as is_drawn_from,
        {{ sluice.hash_bigint(["'pilot'", 'campaign', 'contact_id']) }} as pilot_hash
    from {{ messages }}
),

{{ result }}_ranked as (
    select *, dense_rank() over (partition by campaign, is_drawn_from order by pilot_hash, contact_id) as pilot_rank
    from {{ result }}_waiting
),

{{ result }} as (
    select
        *,
        case when is_drawn_from and first_reason <> 'paused' and pilot_rank > pilot_places then 'pilot' else first_reason end as drawn_reason
    from {{ result }}_ranked
)
{% endmacro %}

{#
    The moves of a run, from `conditions` (what lifecycle_stages() gives), `previous` (contact_id, lifecycle, stage, entered_at) and `rules`
    (lifecycle, stage, stage_rank, min_days): up at once, down only when the stage cannot be kept any more and was held for its min_days,
    so that nobody flips daily. Who may be in no stage at all leaves: the stage is null.
#}
{% macro next_stages(conditions, previous, rules) %}
rank_stages as (
    select *, row_number() over (partition by contact_id, lifecycle order by stage_rank desc) as choice
    from {{ conditions }}
    where can_enter
),

highest as (
    select * from rank_stages where choice = 1
),

held as (
    select
        p.contact_id,
        p.lifecycle,
        p.stage,
        p.entered_at,
        coalesce(r.stage_rank, 0) as stage_rank,
        coalesce(c.can_stay, false) or p.entered_at + interval '1' day * coalesce(r.min_days, 0) > {{ sluice.as_of() }} as is_kept
    from {{ previous }} as p
    left join {{ rules }} as r on p.lifecycle = r.lifecycle and p.stage = r.stage
    left join {{ conditions }} as c on p.contact_id = c.contact_id and p.lifecycle = c.lifecycle and p.stage = c.stage
),

moves as (
    select
        coalesce(n.contact_id, h.contact_id) as contact_id,
        coalesce(n.lifecycle, h.lifecycle) as lifecycle,
        h.stage as from_stage,
        n.stage as to_stage,
        h.entered_at as from_entered_at,
        coalesce(n.reason_en, 'Belongs to the lifecycle no more') as reason_en,
        coalesce(n.reason_zh, '不再属于该生命周期') as reason_zh
    from highest as n
    full outer join held as h on n.contact_id = h.contact_id and n.lifecycle = h.lifecycle
    where h.stage is null or n.stage is null or n.stage_rank > h.stage_rank or (n.stage_rank < h.stage_rank and not h.is_kept)
)
{% endmacro %}

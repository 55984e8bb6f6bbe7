-- depends_on: {{ ref("contact_aliases") }}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where changed_at >= {{ as_of() }}{% endif %}"
) }}

with memberships as (
    select * from {{ ref('int_segment_memberships') }}
),

{% if is_incremental() %}
follow_merges as (
    {{ changes_of_living_contacts(this) }}
),

rank_changes as (
    select *, row_number() over (partition by segment, contact_id order by changed_at desc) as change_rank
    from follow_merges
),

previous as (
    select segment, contact_id from rank_changes where change_rank = 1 and change = 'entered'
),
{% else %}
previous as (
    select segment, contact_id from memberships where 1 = 0
),
{% endif %}

final as (
    select
        coalesce(m.segment, p.segment) as segment,
        coalesce(m.contact_id, p.contact_id) as contact_id,
        case when p.contact_id is null then 'entered' else 'exited' end as change,
        {{ as_of() }} as changed_at
    from memberships as m
    full outer join previous as p on m.segment = p.segment and m.contact_id = p.contact_id
    where m.contact_id is null or p.contact_id is null
)

select * from final

-- depends_on: {{ ref("contact_aliases") }}
{% set assignments = sluice.existing_relation('int_owner_assignments') %}

with recorded as (
    select contact_id, owner_id from {{ ref('dim_contacts') }} where owner_id is not null
),

assigned as (
    -- of runs, of later ones too: a replayed day assigns nobody anew
    {% if assignments %}
    select coalesce(a.contact_id, h.contact_id) as contact_id, h.owner_id, h.team, h.assigned_at
    from {{ assignments }} as h
    left join {{ ref('contact_aliases') }} as a on h.contact_id = a.retired_contact_id
    where 1 = 1{{ sluice.of_a_run('h.recorded_at') }}
    {% else %}
    {{ sluice.no_rows([], keys=['contact_id'], more=['owner_id', 'team'], moments=['assigned_at']) }}
    {% endif %}
),

rank_assigned as (
    -- two contacts that became one keep the owner who came first
    select *, row_number() over (partition by contact_id order by assigned_at, owner_id) as owner_rank from assigned
),

final as (
    select contact_id, owner_id, cast(null as {{ dbt.type_string() }}) as team, cast(null as timestamp) as assigned_at from recorded
    union all
    select s.contact_id, s.owner_id, s.team, s.assigned_at
    from rank_assigned as s
    left join recorded as r on s.contact_id = r.contact_id
    where s.owner_rank = 1 and r.contact_id is null
)

select * from final

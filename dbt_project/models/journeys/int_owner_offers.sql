{% set teams = sluice.models_in('journeys', prefix='owners_') %}

with listed as (
    {% for name in teams %}
    select
        {{ sluice.text_literal(name[7:]) }} as team,
        cast(owner_id as {{ dbt.type_string() }}) as owner_id,
        nullif(cast(serves as {{ dbt.type_string() }}), '') as serves,
        cast(max_contacts as bigint) as max_contacts
    from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows(['team', 'owner_id', 'serves'], keys=['max_contacts']) }}
    {% endfor %}
),

nodes as (
    {{ sluice.nodes_of_action('assign', 'team') }}
),

limits as (
    select owner_id, min(max_contacts) as max_contacts from listed where trim(owner_id) <> '' group by owner_id
),

held as (
    select o.owner_id, count(*) as held
    from {{ ref('int_contact_owners') }} as o
    inner join {{ ref('dim_contacts') }} as c on o.contact_id = c.contact_id and not c.is_deleted
    group by o.owner_id
),

offers as (
    select l.team, n.journey, n.version, n.node, l.owner_id, l.serves
    from listed as l
    inner join nodes as n on l.team = n.team
    where trim(l.owner_id) <> ''
    group by l.team, n.journey, n.version, n.node, l.owner_id, l.serves
),

count_offers as (
    -- what an owner can still take is dealt to the nodes and what he serves there, anew each day
    select
        f.*,
        coalesce(h.held, 0) as held,
        case when m.max_contacts > coalesce(h.held, 0) then m.max_contacts - coalesce(h.held, 0) when m.max_contacts is not null then 0 end as free_contacts,
        count(*) over (partition by f.owner_id) as offer_count,
        (
            row_number() over (partition by f.owner_id order by f.team, f.journey, f.version, f.node, f.serves)
            + cast(floor({{ sluice.epoch_seconds(sluice.as_of()) }} / 86400.0) as bigint)
        ) % count(*) over (partition by f.owner_id) as offer_number
    from offers as f
    inner join limits as m on f.owner_id = m.owner_id
    left join held as h on f.owner_id = h.owner_id
),

final as (
    select
        team, journey, version, node, owner_id, serves, held,
        cast(floor((free_contacts + offer_count - 1 - offer_number) / (offer_count * 1.0)) as bigint) as free_places
    from count_offers
)

select * from final

with identifiers as (
    select * from {{ ref('int_record_identifiers') }}
),

names as (
    select * from {{ ref('int_identifier_names') }}
),

count_records as (
    select
        identifier_key,
        min(identifier_type) as identifier_type,
        min(identifier_value) as identifier_value,
        count(*) as record_count,
        min(created_at) as first_seen_at,
        max(updated_at) as last_seen_at
    from identifiers
    group by identifier_key
),

count_names as (
    select distinct identifier_key, name_count from names
),

few_names as (
    select n.identifier_key, n.first_seen_at, n.last_seen_at, r.*
    from names as n
    inner join {{ ref('int_record_names') }} as r on n.name_record_key = r.record_key
    where n.name_count between 2 and {{ var('identifier_max_names') }}
),

contradictions as (
    -- two names that cannot be one person's; with a gap between them the number has a new owner
    select
        a.identifier_key,
        max(case
            when a.last_seen_at + interval '{{ var("identifier_recycled_days") }}' day < b.first_seen_at then 1
            when b.last_seen_at + interval '{{ var("identifier_recycled_days") }}' day < a.first_seen_at then 1
            else 0
        end) as has_gap
    from few_names as a
    inner join few_names as b on a.identifier_key = b.identifier_key and a.name_sound < b.name_sound
    where {{ sluice.names_contradict('a', 'b') }}
    group by a.identifier_key
),

gather_evidence as (
    select
        r.*,
        coalesce(n.name_count, 0) as name_count,
        x.has_gap,
        {{ sluice.identifier_pattern('r.identifier_type', 'r.identifier_value') }} as pattern
    from count_records as r
    left join count_names as n on r.identifier_key = n.identifier_key
    left join contradictions as x on r.identifier_key = x.identifier_key
),

{{ sluice.classify_identifiers('gather_evidence') }}

select * from final

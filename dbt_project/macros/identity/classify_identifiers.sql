{#
    The classes of identifiers, first match wins, each with its reason. own: one person's, joins all its records. shared (several people at
    a time) and recycled (one after the other): join records of one name. role, fake, crowded: join nothing.
#}
{% macro classify_identifiers(evidence) %}
classify as (
    select
        *,
        case
            when pattern is not null then pattern
            when name_count > {{ sluice.setting('identifier_max_names') }} then 'crowded'
            when name_count <> 1 and record_count > {{ sluice.setting('identifier_max_records') }} then 'crowded'
            when identifier_type = 'phone' and has_gap = 1 and name_count = 2 then 'recycled'
            when has_gap is not null then 'shared'
            when record_count > 1 and {{ sluice.phone_is_landline('identifier_value') }} then 'shared'
            else 'own'
        end as quality
    from {{ evidence }}
),

final as (
    select
        identifier_key,
        identifier_type,
        identifier_value,
        record_count,
        name_count,
        first_seen_at,
        last_seen_at,
        quality,
        case quality
            when 'role' then 'the mailbox of a function, not of a person'
            when 'fake' then 'made up: its pattern'
            when 'crowded' then 'on ' || cast(record_count as {{ dbt.type_string() }}) || ' records with '
                || cast(name_count as {{ dbt.type_string() }}) || ' names'
            when 'recycled' then 'two names, one long after the other: a new owner'
            when 'shared' then case
                when has_gap is null then 'a landline: the phone of a house or a firm'
                else cast(name_count as {{ dbt.type_string() }}) || ' names, some of which cannot be one person'
            end
            else 'no names that contradict'
        end as quality_reason
    from classify
)
{% endmacro %}

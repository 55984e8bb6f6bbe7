with moments as (
    select cast('2026-06-30 20:00:00' as timestamp) as marked_at
    union all
    select cast(null as timestamp) as marked_at
),

records as (
    select
        marked_at is not null as is_gone,
        marked_at as _ab_cdc_deleted_at,
        case when marked_at is not null then true end as _fivetran_deleted,
        marked_at as _sdc_deleted_at,
        marked_at as _dlt_valid_to
    from moments
)

{% for loader in ['airbyte', 'fivetran', 'singer', 'dlt'] %}
select '{{ loader }}' as loader from records where {{ sluice.deleted_by(loader) }} <> is_gone
{% if not loop.last %}union all{% endif %}
{% endfor %}

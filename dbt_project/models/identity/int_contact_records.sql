with records as (
    {{ union_models(models_in('staging', suffix='__contacts'), 'staging') }}
),

rank_versions as (
    select
        *,
        row_number() over (partition by source, record_id order by updated_at desc, created_at desc) as version_rank
    from records
    where created_at <= {{ as_of() }}
),

final as (
    select
        {{ hash_bigint(['source', 'record_id']) }} as record_key,
        source,
        record_id,
        full_name,
        {{ normalise_phone('phone') }} as phone,
        {{ normalise_email('email') }} as email,
        unionid,
        cookie_id,
        company,
        job_title,
        province,
        city,
        country,
        acquisition_source,
        owner_id,
        is_deleted,
        created_at,
        updated_at
    from rank_versions
    where version_rank = 1
)

select * from final

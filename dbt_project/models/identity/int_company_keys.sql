with companies as (
    -- few firms stand on many records: each spelling is read once
    select distinct company from {{ ref('int_clean_records') }} where company is not null
),

plain_companies as (
    select company, {{ sluice.company_without_form('company') }} as plain_company
    from companies
    {{ sluice.computed_once() }}
),

trimmed_companies as (
    select company, {{ sluice.trim_text('plain_company') }} as trimmed_company
    from plain_companies
    {{ sluice.computed_once() }}
),

final as (
    select company, {{ sluice.null_for_none('trimmed_company') }} as company_key
    from trimmed_companies
)

select * from final

with events as (
    {{ union_models(models_in('staging', suffix='__events'), 'staging') }}
)

select * from events

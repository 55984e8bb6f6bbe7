with conditions as (
    {{ union_models(models_in('lifecycle', prefix='stages_'), 'lifecycle') }}
)

select * from conditions

with given_tags as (
    {% for name in sluice.models_in('tags', prefix='tags_') %}
    select {{ loop.index }} as file_number, contact_id, tag, reason_en, reason_zh from {{ sluice.model_ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_rows([], keys=['file_number', 'contact_id'], more=['tag', 'reason_en', 'reason_zh']) }}
    {% endfor %}
),

rank_files as (
    select *, row_number() over (partition by contact_id, tag order by file_number) as file_rank from given_tags
),

final as (
    select contact_id, tag, reason_en, reason_zh from rank_files where file_rank = 1
)

select * from final

-- depends_on: {{ ref("contact_aliases") }}
{% set history = sluice.existing_relation('tag_changes') if sluice.broken_names('tags_') else none %}

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

{% if history %}
past_tags as (
    {{ sluice.members_by_history(history, 'tag', 'h.changed_at <= ' ~ sluice.as_of()) }}
),

{% endif %}
final as (
    select contact_id, tag, reason_en, reason_zh from rank_files where file_rank = 1
    {% if history %}
    union all
    -- what a file that is broken gave stays: nobody leaves a segment because of a fault
    select contact_id, tag, 'as before: its rule is broken' as reason_en, '沿用上次结果：规则有误' as reason_zh
    from past_tags
    where tag not in (select tag from given_tags where tag is not null)
    {% endif %}
)

select * from final

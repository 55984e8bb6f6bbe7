{% set segments = sluice.audience_segments() %}

with members as (
    {% for segment in segments %}
    select '{{ segment }}' as segment, contact_id, entered_at from {{ sluice.members_of(segment) }} as m
    {% if not loop.last %}union all{% endif %}
    {% else %}
    select segment, contact_id, {{ sluice.as_of() }} as entered_at from ({{ sluice.no_rows(['segment'], keys=['contact_id']) }}) as m
    {% endfor %}
),

rules as (
    {% for segment in segments %}
    {{ sluice.segment_rule('seg_' ~ segment) }}
    {% if not loop.last %}union all{% endif %}
    {% else %}
    {{ sluice.no_segment_rule() }}
    {% endfor %}
),

{{ sluice.rank_members('members', 'rules') }}

select * from final

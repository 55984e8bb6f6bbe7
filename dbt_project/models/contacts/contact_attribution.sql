-- depends_on: {{ ref("contact_aliases") }}
{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    on_schema_change='append_new_columns',
    incremental_strategy=sluice.replacing_rows(),
    unique_key='contact_id',
    pre_hook="{{ sluice.delete_rows('first_touch_at > ' ~ sluice.as_of()) }}",
    post_hook="{{ sluice.delete_rows('contact_id in (select retired_contact_id from ' ~ ref('contact_aliases') ~ ')') }}"
) }}

with touches as (
    select contact_id, touched_at, channel, touch_source, campaign, qr_code, event_key from {{ ref('contact_touches') }}
    {% if is_incremental() %}
    union all
    -- kept for good, whether or not the source still sends the event
    {{ sluice.kept_touches(this) }}
    {% endif %}
),

rank_touches as (
    -- a direct visit is the last touch only where there is no other
    select
        *,
        row_number() over (partition by contact_id order by touched_at asc, event_key asc) as first_rank,
        row_number() over (
            partition by contact_id order by case when channel = 'direct' then 1 else 0 end asc, touched_at desc, event_key asc
        ) as last_rank
    from touches
),

final as (
    select
        f.contact_id,
        f.touched_at as first_touch_at,
        f.channel as first_channel,
        f.touch_source as first_source,
        f.campaign as first_campaign,
        f.qr_code as first_qr_code,
        f.event_key as first_event_key,
        l.touched_at as last_touch_at,
        l.channel as last_channel,
        l.touch_source as last_source,
        l.campaign as last_campaign,
        l.qr_code as last_qr_code,
        l.event_key as last_event_key
    from rank_touches as f
    inner join rank_touches as l on f.contact_id = l.contact_id and l.last_rank = 1
    where f.first_rank = 1
)

select * from final

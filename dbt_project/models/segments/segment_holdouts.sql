-- depends_on: {{ ref("contact_aliases") }}
{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    on_schema_change='append_new_columns',
    incremental_strategy='append',
    pre_hook="{{ sluice.rewind('changed_at', 'segment', 'seg_') }}"
) }}

with memberships as (
    select segment, contact_id from {{ ref('segment_members') }} where is_held_out
),

{{ sluice.membership_changes('segment', 'memberships', history=this if is_incremental() else none, prefix='seg_') }}

select * from final

-- depends_on: {{ ref("contact_aliases") }}
{{ config(
    materialized='incremental',
    meta={'idempotent': true},
    on_schema_change='append_new_columns',
    incremental_strategy='append',
    pre_hook="{{ sluice.rewind('changed_at') }}"
) }}

with memberships as (
    select tag, contact_id from {{ ref('contact_tags') }}
),

{{ sluice.membership_changes('tag', 'memberships', history=this if is_incremental() else none) }}

select * from final

{{ config(materialized='connected_components', meta={'idempotent': true}) }}

select contact_id_a as node_a, contact_id_b as node_b
from {{ ref('probable_matches') }}
where status <> 'dismissed'

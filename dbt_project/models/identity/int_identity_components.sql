{{ config(materialized='connected_components', meta={'idempotent': true}) }}

select record_key_a as node_a, record_key_b as node_b
from {{ ref('identity_edges') }}

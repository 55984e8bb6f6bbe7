{{ config(materialized='connected_components') }}

select record_key as node_a, identifier_key as node_b
from {{ ref('int_record_identifiers') }}
where quality = 'own' and identifier_type in ('email', 'phone', 'unionid')

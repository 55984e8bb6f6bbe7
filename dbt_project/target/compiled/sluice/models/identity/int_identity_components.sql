

select record_key as node_a, identifier_key as node_b
from "warehouse"."identity"."int_record_identifiers"
where quality = 'own' and identifier_type in ('email', 'phone', 'unionid')
select contact_id
from {{ ref('contact_facts') }}
where {{ sluice.performed('order_placed', at_least=2) }}

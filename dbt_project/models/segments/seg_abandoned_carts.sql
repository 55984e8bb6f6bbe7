select contact_id
from {{ ref('contact_facts') }}
where {{ performed('cart_updated', within='3 days') }}
    and {{ not_performed('order_placed', within='3 days') }}

select
    {{ sluice.consent_statement("'shop'", 'customer_no', "'email'",
        "case newsletter when 'yes' then 'granted' when 'no' then 'withdrawn' end", 'signed_up', "'box of the sign-up form'") }}
from {{ source('shop', 'shop_customers') }}
where newsletter is not null

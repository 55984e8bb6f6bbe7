select
    message_id,
    campaign,
    destination,
    channel,
    purpose,
    contact_id,
    address,
    address_hash,
    address_key,
    template,
    variant,
    subjects,
    language,
    country,
    may_be_tracked,
    full_name,
    context,
    decided_at as as_of
from {{ ref('message_decisions') }}
where decision = 'send'

select
    {{ sluice.consent_statement("'inbox'", 'record_id', 'channel', 'status', 'stated_at', 'proof', purpose='purpose') }}
from {{ source('inbox', 'consents') }}
where channel in ('email', 'sms', 'wechat', 'ads') and received_at <= {{ sluice.as_of() }}

select
    {{ consent_statement('source', 'record_id', 'channel', 'status', to_utc('changed_at', 'Asia/Shanghai'),
        "'consent log of ' || source") }}
from {{ source('consent', 'consent') }}

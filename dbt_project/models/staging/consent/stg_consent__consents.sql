select
    {{ consent_statement('source', 'record_id', 'channel', 'status', to_utc('changed_at', 'Asia/Shanghai'),
        "'consent log of ' || source", purpose="case when channel = 'ads' then 'advertising' else 'marketing' end") }}
from {{ source('consent', 'consent') }}

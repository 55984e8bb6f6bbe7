select
    {{ consent_statement('source', 'record_id', 'channel', 'status', 'changed_at',
        "'consent log of ' || source", purpose="case when channel = 'ads' then 'advertising' else 'marketing' end") }}
from {{ source('consent', 'consent') }}

with statements as (
    select source, record_id, channel, status, changed_at as stated_at
    from {{ source('consent', 'consent') }}
    union all
    select source, record_id, channel, status, cast(null as timestamp) as stated_at
    from ({{ sluice.quarantined('consent', ['source', 'record_id', 'channel', 'status']) }}) as q
)

select
    {{ sluice.consent_statement('source', 'record_id', 'channel', 'status', 'stated_at', "'consent log of ' || source",
        purpose="case when channel = 'ads' then 'advertising' else 'marketing' end") }}
from statements

select
    table_name,
    row_number,
    row_text
from {{ source('quarantine', 'quarantine') }}

select owner_id, serves, max_contacts from {{ ref('sales_team') }}

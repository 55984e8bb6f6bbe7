select contact_id
from {{ ref('contact_facts') }}
where {{ day_and_month('birth_date') }} = {{ day_and_month(from_utc(as_of(), var('time_zone'))) }}

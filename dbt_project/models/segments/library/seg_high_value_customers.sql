select contact_id
from {{ ref('contact_rfm') }}
where frequency_score >= 4 and monetary_score = 5 and recency_score >= 3

{{ lifecycle_stages('b2b') }}

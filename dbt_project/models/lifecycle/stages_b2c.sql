{{ lifecycle_stages('b2c') }}

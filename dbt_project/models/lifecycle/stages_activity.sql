{{ lifecycle_stages('activity') }}

{{ lifecycle_stages('b2b', score_model='nurture') }}

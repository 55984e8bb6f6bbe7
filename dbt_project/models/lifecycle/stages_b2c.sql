{{ lifecycle_stages('b2c', score_model='shop') }}

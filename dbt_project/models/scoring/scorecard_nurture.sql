{{ scorecard('nurture') }}

{{ scorecard('lead') }}

{{ scorecard('shop') }}

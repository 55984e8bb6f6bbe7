{{ sluice.journey() }}

"""dbt in this process: parsing, building, and what a broken model or source stops."""

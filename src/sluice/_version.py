"""The version of the engine; ``dbt_project/dbt_project.yml`` has the same."""

__version__ = "0.1.0"

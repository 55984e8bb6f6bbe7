"""The contract in types: what crosses from decide (SQL) to act (Python).

No input or output happens here.

The SQL models live in ``dbt_project/models/``.
"""

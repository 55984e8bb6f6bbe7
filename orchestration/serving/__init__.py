"""``sluice serve``: the parts of the service, put together for a project."""

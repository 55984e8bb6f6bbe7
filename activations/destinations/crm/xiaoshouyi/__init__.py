"""销售易 (Neocrm): contacts, leads, accounts, opportunities, tasks and custom objects."""

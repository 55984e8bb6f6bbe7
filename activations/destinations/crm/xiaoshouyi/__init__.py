"""销售易 (Neocrm, Xiaoshouyi): contacts, leads, accounts, opportunities, tasks and custom objects."""

"""The report, on a warehouse and a manifest made by hand."""

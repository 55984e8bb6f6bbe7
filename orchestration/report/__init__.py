"""The report: every public model whose meta says ``report``, as one HTML file, or as a workbook,
CSV or pictures.
"""

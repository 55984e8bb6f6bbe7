"""Forms: a YAML in ``content/forms/`` is a page, a snippet for other sites, and a JSON endpoint
(docs/forms.md).
"""

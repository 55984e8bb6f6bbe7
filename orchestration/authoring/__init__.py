"""Tools for those who write models: lint, segments, scorecards learnt from history. No run needs
them.
"""

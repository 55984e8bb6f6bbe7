"""Audiences of advertising platforms: who may be shown ads, by hashes alone.

Each needs its own consent, for ads.
"""

"""Wagtail page types: home and help pages, and the blocks that they are made of."""

"""Loads the demo content of site/portal/demo: repeatable, one transaction per part, unchanged files are skipped."""

"""Forms of the rooms."""

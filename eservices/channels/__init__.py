"""Ways out of the house for official documents: one file per real service."""

"""Plain makers of test data, one module per app."""

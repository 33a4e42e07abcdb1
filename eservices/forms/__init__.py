"""Forms that parse and shape input."""

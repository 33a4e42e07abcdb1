"""The same acts as JSON under /api/v1/."""

"""Pages for agents in the Wagtail admin."""

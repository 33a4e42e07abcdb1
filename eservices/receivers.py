"""Facts from Wagtail and Django that the core listens to."""

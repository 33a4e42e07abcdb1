"""Pages and machine addresses of the rooms."""

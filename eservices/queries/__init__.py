"""Questions to the database: what a viewer may see. They never write."""

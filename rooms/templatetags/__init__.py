"""Tags of the pages about rooms."""

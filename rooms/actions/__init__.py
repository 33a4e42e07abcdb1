"""What people and agents do with rooms."""

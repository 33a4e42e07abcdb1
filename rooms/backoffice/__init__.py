"""The rooms in the back office: their administration, and the board of those who decide."""

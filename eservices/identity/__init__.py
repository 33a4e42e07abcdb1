"""Ways to sign in, sessions and the pages of an account."""

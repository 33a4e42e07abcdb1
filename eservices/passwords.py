"""How passwords are stored."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two rounds, one lane (OWASP password storage cheat sheet)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

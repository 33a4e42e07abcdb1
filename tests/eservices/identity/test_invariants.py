"""Each of the fifteen invariants of identities (research on identity, 8) has a named test, `test_i<number>_<what>`.

1 no door of the municipality without a second factor - 2 every account has a confirmed method and one default - 3 no
link on what is not verified - 4 a level is never above what was proved - 5 identifying again never changes the person -
6 tokens are hashed, work once and expire - 7 national numbers are nowhere in plain text - 8 asking for the time left
extends nothing - 9 a new password ends the other sessions - 10 who looks for somebody never acts - 11 opening a link
changes nothing - 12 nothing tells whether an account exists - 13 locked fields stay - 14 no sandbox in production -
15 a right that ended is gone at the next request.
"""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]


def test_every_invariant_has_a_named_test():
    text = "\n".join(path.read_text() for path in sorted(TESTS.rglob("test_*.py")))
    found = {int(number) for number in re.findall(r"^def test_i(\d+)_\w+\(", text, re.MULTILINE)}

    assert found == set(range(1, 16))

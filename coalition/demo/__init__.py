"""The demo: three letters of our own, invented signatories, and the logins that go with them.

Everything here is invented. The passwords are public, so they exist only where nothing is at stake;
see `coalition.demo.accounts`.
"""

from typing import Final

ORGANISER_EMAIL: Final = "organiser@coalition.example"
ORGANISER_PASSWORD: Final = "open-letters-for-everyone"  # noqa: S105
SEED: Final = 2026

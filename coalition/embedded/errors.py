"""What can go wrong before a service runs. Every message names its mend."""


class EmbeddedError(Exception):
    """A service cannot be started; the message says why and what to do, and needs no traceback."""

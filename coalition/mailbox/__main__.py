"""`python -m coalition.mailbox`."""

import sys

from coalition.mailbox.server import main

if __name__ == "__main__":
    sys.exit(main())

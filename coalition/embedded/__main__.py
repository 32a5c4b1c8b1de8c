"""`python -m coalition.embedded exec -- CMD…`: run a command with the services up, exit with its
code.
"""

import os
import signal
import subprocess
import sys

from coalition.embedded import addresses
from coalition.embedded.errors import EmbeddedError
from coalition.embedded.processes import leash
from coalition.embedded.services import everything
from coalition.embedded.stopping import Stopped, stoppable

USAGE = "Usage: python -m coalition.embedded exec -- COMMAND [ARGUMENT…]"


def main(arguments: list[str]) -> int:
    """Return the command's exit code, 2 for a wrong call, 1 when a service does not start."""
    if arguments[:2] != ["exec", "--"] or not arguments[2:]:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        with stoppable(), everything(addresses.var_dir(), wanted_port()) as running:
            return run(arguments[2:], {**os.environ, **running.environment})
    except Stopped as stopped:
        return stopped.exit_code
    except EmbeddedError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def wanted_port() -> int | None:
    """Return the mailbox's port where the environment asks for one."""
    return int(os.environ["MAILBOX_PORT"]) if os.environ.get("MAILBOX_PORT") else None


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run the command in the foreground; when we are told to stop, it is told first and waited
    for.
    """
    try:
        process = subprocess.Popen([*leash(signal.SIGTERM), *command], env=environment)
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}", file=sys.stderr)
        return 127
    try:
        code = process.wait()
    except Stopped:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

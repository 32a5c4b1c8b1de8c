"""Secret keys of a development installation: made once, kept in a file that only its owner reads.

Production names its own keys in the environment; `check --deploy` insists.
"""

import json
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


def development_keys(path: Path) -> dict[str, str]:
    """The keys in the file, made where it is missing. Two starts at once agree on one file.

    Raises ImproperlyConfigured where the file cannot be made.
    """
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
            writable = os.access(path.parent, os.W_OK)
        except OSError:
            writable = False
        if not writable:
            raise ImproperlyConfigured(
                f"{path.parent} cannot be written. Choose another folder: VAR=/some/folder"
            )
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "HASH_KEY": secrets.token_urlsafe(32),
            "ADDRESS_KEYS": Fernet.generate_key().decode(),
        }
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink()
    keys: dict[str, str] = json.loads(path.read_text())
    return keys

#!/bin/sh
# Makes the virtual environment, and brings it up to date when the pinned requirements changed.
# Usage: venv.sh base|dev
set -eu

kind=$1
venv=${VENV:-.venv}
pins=requirements/$kind.txt
# PostgreSQL refuses to run as root; the user it then runs as must be able to read its programs.
umask 022

state=$(cksum <"$pins")
stamp=$venv/.installed-$kind
if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ] && "$venv/bin/python" -c ''; then
    exit 0
fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "Making $venv"
    rm -rf "$venv"
    "${PYTHON:-python3}" -m venv "$venv" || {
        rm -rf "$venv"
        echo "No virtual environment can be made. On Debian: sudo apt-get install python3-venv" >&2
        exit 1
    }
fi

echo "Installing the pinned dependencies ($pins)"
# Through a filter for the lines that say nothing, so the exit code travels by a file.
failed=$venv/.failed
: >"$failed"
{
    "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r "$pins" &&
        rm "$failed"
} 2>&1 | { grep -v '^Requirement already satisfied' || true; }
if [ -e "$failed" ]; then
    echo "The dependencies could not be installed (see above). Is the network there? Then try again." >&2
    exit 1
fi
echo "$state" >"$stamp"
# The development pins contain the running ones.
if [ "$kind" = dev ]; then cksum <requirements/base.txt >"$venv/.installed-base"; fi

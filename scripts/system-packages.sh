#!/bin/sh
# Installs what pip cannot: libraries for PDFs, fonts for every script, tools for tests and benchmarks.
# Usage: system-packages.sh run|test|check|bench
# By apt as root, or with sudo where it asks no password; otherwise one line says what to install.
set -eu

purpose=$1
needed=""   # without these it does not work
wanted=""   # without these some names are drawn as empty boxes

PATH="$PATH:/usr/sbin:/sbin"

library() { # file package
    ldconfig -p 2>/dev/null | grep -q "$1" || needed="$needed $2"
}

program() { # package command...
    package=$1
    shift
    for name in "$@"; do
        if command -v "$name" >/dev/null 2>&1; then return; fi
    done
    needed="$needed $package"
}

font() { # family package
    fc-list "$1" 2>/dev/null | grep -q . || wanted="$wanted $2"
}

"${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed. Name one: PYTHON=/usr/bin/python3.12 make ..." >&2
    exit 1
}
"${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || needed="$needed python3-venv"

library libpango-1.0.so.0 libpango-1.0-0
library libpangoft2-1.0.so.0 libpangoft2-1.0-0
library libharfbuzz-subset.so.0 libharfbuzz-subset0
program fontconfig fc-list
program poppler-utils pdftotext
font 'Noto Sans Thai' fonts-noto-core
font 'Noto Sans CJK JP' fonts-noto-cjk
font 'Noto Color Emoji' fonts-noto-color-emoji

case $purpose in
    test)
        program chromium chromium chromium-browser google-chrome
        program qpdf qpdf
        ;;
    check) program gettext msgfmt ;;
    bench)
        program wrk wrk
        ;;
esac

if [ -z "$needed$wanted" ]; then exit 0; fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then as_root="sudo -n"; fi

if command -v apt-get >/dev/null 2>&1 && { [ -z "$as_root" ] || $as_root true 2>/dev/null; }; then
    echo "Installing system packages:$needed$wanted"
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -y"
    # shellcheck disable=SC2086
    if $apt install --no-install-recommends $needed $wanted </dev/null >/dev/null 2>&1 ||
        { $apt update && $apt install --no-install-recommends $needed $wanted </dev/null; }; then
        exit 0
    fi
fi

if [ -n "$needed" ]; then
    echo "Missing system packages. Install them and try again: sudo apt-get install$needed$wanted" >&2
    exit 1
fi
echo "Some names will lack their letters in PDFs until you install: sudo apt-get install$wanted" >&2

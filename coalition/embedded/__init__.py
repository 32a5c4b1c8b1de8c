"""Real PostgreSQL and Redis from wheels, for an installation that names no servers of its own.

`addresses` is imported by the settings and starts nothing. `services` starts what the environment
does not name and stops it again. `python -m coalition.embedded exec -- CMD…` runs one command in
between.
"""

"""Whether a dossier meets its office's rules: `measure` looks at finished files, `rules` judge."""

"""Single sheets about a letter, typeset by Typst: its poster (PDF) and its card (PNG, what other
sites show beside a link). Kept on the disk; drawn in a process of its own, one at a time."""

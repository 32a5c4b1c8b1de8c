"""What the platform can carry (`bench`) and what it survives (`faults`), with real processes."""

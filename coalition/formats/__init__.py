"""Where numbers and dates are written otherwise than Django does it; the rest is Django's."""

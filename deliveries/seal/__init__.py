"""Signs a finished PDF as a whole, by the installation's certificate (PAdES), beside the plain one.

Plain data in, files out, without the database. pyHanko is loaded in child processes only.
"""

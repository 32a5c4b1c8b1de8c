"""From a job (plain data) to PDF bytes, without Django and without the database.

A job is a dict that survives JSON: everything that ends up on paper is in it, so the same job gives
the same bytes. Nothing is ever fetched: addresses of any kind but `data:` are refused.
"""

# Part of every piece's key: raise it when the look changes, so that no old piece is taken for new.
RENDERER = "18"

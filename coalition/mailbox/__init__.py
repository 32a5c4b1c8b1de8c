"""The local mailbox: an SMTP catcher on the loopback interface, and pages to read what it caught.

For development and drills only; the pages are there when settings.MAILBOX is true.
"""

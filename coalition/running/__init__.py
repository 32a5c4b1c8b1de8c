"""What `manage.py up` is made of: which programs, what comes before them, and who keeps them
running.
"""

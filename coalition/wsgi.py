"""The WSGI application that the web server runs."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")
application = get_wsgi_application()

from coalition.checks import keys_are_set, webhooks_have_a_secret  # noqa: E402  after the apps are ready

# The web server runs no checks; without the keys the first signature would fail instead, and
# without a secret anybody could speak as the mail provider.
settings.SECRET_KEY  # noqa: B018  reading it raises where it is empty
if problems := keys_are_set() + webhooks_have_a_secret():
    raise ImproperlyConfigured(" ".join(f"{problem.msg} {problem.hint}" for problem in problems))

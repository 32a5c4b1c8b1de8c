from __future__ import annotations

import hashlib

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import get_language_info

from common.markdown import render_markdown


class Written(models.Model):
    """Markdown in one language."""

    language = models.CharField(max_length=12)
    body_markdown = models.TextField()

    class Meta:
        abstract = True

    @cached_property
    def body_html(self) -> str:
        return render_markdown(self.body_markdown)

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`, for the `dir` attribute."""
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"

    @property
    def language_name(self) -> str:
        """The language's name in itself, such as “français”."""
        return str(get_language_info(self.language)["name_local"])


class Text(Written):
    """A letter in one language: published (`Translation`) or not yet (`Draft`)."""

    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400, blank=True)
    addressee = models.CharField(max_length=300, blank=True)
    share_text = models.CharField(max_length=280, blank=True)

    class Meta:
        abstract = True

    @property
    def text_sha256(self) -> str:
        """SHA-256 (hex) of title, addressee and body in UTF-8, joined by blank lines."""
        text = f"{self.title}\n\n{self.addressee}\n\n{self.body_markdown}"
        return hashlib.sha256(text.encode()).hexdigest()

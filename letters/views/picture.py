"""The picture above a letter's text."""

import re
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import anyone
from common.pictures import BUDGETS, MOST_BYTES
from common.responses import see_other
from common.uploads import takes_file
from letters.access import MemberRequest, letter_member, public_letter
from letters.models import Letter, Picture, Role
from letters.services.set_picture import picture_path, remove_picture, set_picture
from letters.setup_forms import PictureForm

A_YEAR = 365 * 24 * 3600
DIGEST = re.compile(r"[0-9a-f]{32}")


@letter_member(Role.EDITOR)
@takes_file(MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: MemberRequest, letter: Letter) -> HttpResponse:
    shown = Picture.objects.filter(letter=letter).first()
    data = request.POST if request.method == "POST" else None
    form = PictureForm(data, request.FILES or None, picture=shown)
    if data is not None and form.is_valid():
        set_picture(
            letter=letter,
            made=form.cleaned_data["file"],
            alt=form.cleaned_data["alt"],
            actor=request.user,
        )
        messages.success(request, _("Saved."))
        return see_other(reverse("picture", args=[letter.slug]))
    context: dict[str, Any] = {"letter": letter, "form": form, "picture": shown}
    status = 200 if data is None else 422
    return render(request, "letters/picture.html", context, status=status)


@letter_member(Role.EDITOR)
@require_POST
def picture_remove(request: MemberRequest, letter: Letter) -> HttpResponse:
    remove_picture(letter=letter, actor=request.user)
    messages.success(request, _("The picture is removed."))
    return see_other(reverse("picture", args=[letter.slug]))


@anyone
def picture_file(request: HttpRequest, slug: str, digest: str, width: int) -> HttpResponseBase:
    """A file of a letter that is public; its address changes with its content."""
    response = _file(public_letter(slug).letter, digest, width)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@letter_member(Role.VIEWER)
@require_safe
def picture_of_draft(
    request: MemberRequest, letter: Letter, digest: str, width: int
) -> HttpResponseBase:
    return _file(letter, digest, width)


def _file(letter: Letter, digest: str, width: int) -> FileResponse:
    """Raises Http404 for what is not this letter's picture."""
    known = DIGEST.fullmatch(digest) and width in BUDGETS
    if not known or not Picture.objects.filter(letter=letter, digest=digest).exists():
        raise Http404
    try:
        file = picture_path(digest, width).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    return response

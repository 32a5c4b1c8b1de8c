from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client, RequestFactory

from common.bodylimit import BodyLimitMiddleware
from common.uploads import MB, most_bytes_of
from letters.models import Letter, Role
from tests.builders import a_member
from tests.conftest import SAME_ORIGIN

PATH = "/organise/letters/a-letter/imports/new/"
pytestmark = pytest.mark.django_db


def test_only_marked_views_take_a_file() -> None:
    assert most_bytes_of(PATH) == 200 * MB
    assert most_bytes_of("/letters/a-letter/sign/") == 0
    assert most_bytes_of("/nowhere/") == 0


def test_larger_file_than_the_view_takes_is_refused_unread(client: Client) -> None:
    headers = {"CONTENT_LENGTH": str(201 * MB), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    response = client.generic("POST", PATH, b"", **headers)  # type: ignore[arg-type]
    assert response.status_code == 413
    assert "larger than 200 MB" in response.content.decode()


def test_one_file_at_a_time(rf: RequestFactory, letter: Letter) -> None:
    inner: list[int] = []

    def view(request: Any) -> Any:
        if not inner:
            inner.append(middleware(upload).status_code)
        raise InterruptedError

    middleware = BodyLimitMiddleware(view)
    member = Client()
    member.force_login(a_member(letter.coalition, Role.EDITOR))
    upload = rf.post(PATH, {"file": SimpleUploadedFile("x.csv", b"x")})
    upload.COOKIES = {name: cookie.value for name, cookie in member.cookies.items()}
    with pytest.raises(InterruptedError):
        middleware(upload)
    assert inner == [503]
    with pytest.raises(InterruptedError):  # the place is free again
        middleware(upload)


@pytest.mark.parametrize("cookies", [{}, {"sessionid": "a" * 32}, {"sessionid": "\0"}])
def test_stranger_takes_no_place_for_a_file(rf: RequestFactory, cookies: dict[str, str]) -> None:
    middleware = BodyLimitMiddleware(lambda request: pytest.fail("the view was reached"))
    middleware.uploads.acquire()
    upload = rf.post(PATH, {"file": SimpleUploadedFile("x.csv", b"x")})
    upload.COOKIES = cookies
    response = middleware(upload)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={PATH}")


def test_file_of_a_stranger_is_not_read_to_its_end(letter: Letter) -> None:
    read = []
    original = TemporaryUploadedFile.__init__

    def opened(self: Any, *args: Any, **kwargs: Any) -> None:
        read.append(args)
        original(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TemporaryUploadedFile, "__init__", opened)
        Client(headers=SAME_ORIGIN).post(PATH, {"file": SimpleUploadedFile("x.csv", b"x" * 9000)})
        assert read == []
        member = Client(headers=SAME_ORIGIN)
        member.force_login(a_member(letter.coalition, Role.EDITOR))
        member.post(PATH, {"file": SimpleUploadedFile("x.csv", b"Name,Email\n")})
        assert len(read) == 1

"""How a dossier file leaves."""

from django.http import FileResponse, Http404

from deliveries.models import DossierFile
from deliveries.models.file import file_name


def download(file: DossierFile, *, cache_control: str) -> FileResponse:
    """The file as an attachment. Raises Http404 where it is gone from the disk."""
    try:
        content = file.path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=True,
        filename=file_name(file.delivery, file.name),
        content_type=file.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = cache_control
    return response

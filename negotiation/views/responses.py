"""Files that leave the application: saved, never shown inside our pages."""
from django.http import FileResponse


def attachment(file, name, content_type):
    """The file as a download whose length is known, so that a slow line shows how much remains."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # Stored files are compressed already; compressing them again would only lose their length.
    response["Content-Encoding"] = "identity"
    return response

"""What the tests of files share: the decoders in this process, on demand, thirty times faster."""

import pytest
from pikepdf.settings import set_qpdf_limits
from PIL import ImageFile

from negotiation.files import images, inspection, package, pdf


@pytest.fixture
def in_process(monkeypatch):
    checks = {"pdf": pdf.check, "png": images.check, "jpeg": images.check, "package": package.check}
    monkeypatch.setattr(inspection, "check_apart", lambda kind, data: checks[kind](data, kind))
    # WeasyPrint switches this on for its whole process: one more reason why the child exists.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    # The limits of qpdf are global: put back for the tests that read their own PDFs.
    before = set_qpdf_limits(flate_max_memory=pdf.MAX_UNPACKED_STREAM)
    yield
    set_qpdf_limits(**before)

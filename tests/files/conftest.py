"""What the tests of files share: the decoders run in this process when a test asks for it, thirty times faster."""

import pytest
from pikepdf.settings import set_qpdf_limits

from negotiation.files import images, inspection, pdf


@pytest.fixture
def in_process(monkeypatch):
    checks = {"pdf": pdf.check, "png": images.check, "jpeg": images.check}
    monkeypatch.setattr(inspection, "check_apart", lambda kind, data: checks[kind](data, kind))
    # The limits of qpdf are global: put back for the tests that read their own PDFs.
    before = set_qpdf_limits(flate_max_memory=pdf.MAX_UNPACKED_STREAM)
    yield
    set_qpdf_limits(**before)

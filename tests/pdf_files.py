"""PDF files of the tests: a small one to deposit, and the text of a produced one (poppler's pdftotext)."""
import shutil
import subprocess

from . import factories


def write(path):
    path.write_bytes(factories.pdf_bytes(path.stem))
    return path


def text_of(path):
    assert shutil.which("pdftotext"), "pdftotext manque : make test l’installe (paquet poppler-utils)."
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout

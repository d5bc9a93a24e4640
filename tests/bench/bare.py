"""Bare WeasyPrint on a page already made: python -m tests.bench.bare PAGE.html (default settings of the library)."""
import sys
from pathlib import Path

from weasyprint import CSS, HTML

STATIC = Path(__file__).resolve().parents[2] / "static" / "css"
SHEETS = [STATIC / name for name in ("tokens.css", "booklet.css", "draft.css")]

if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.with_suffix(".pdf").write_bytes(HTML(string=page.read_text()).write_pdf(
        stylesheets=[CSS(filename=sheet) for sheet in SHEETS], dpi=150))

"""A name is shown and downloaded as one short visible line, whatever was typed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.files.names import extension_of
from negotiation.files.storage import clean_name

NASTY = {
    "PV.pdf": "PV.pdf",
    "Procès-verbal n° 3 (final).docx": "Procès-verbal n° 3 (final).docx",
    "Proce\u0300s.pdf": "Procès.pdf",
    "../../etc/passwd": "passwd",
    "..\\..\\Windows\\system.ini": "system.ini",
    "C:\\Users\\awa\\PV.pdf": "PV.pdf",
    "\\\\serveur\\partage\\PV.pdf": "PV.pdf",
    "/var/www/PV.pdf": "PV.pdf",
    "dossier/": "dossier",
    "//": "fichier",
    "": "fichier",
    None: "fichier",
    ".": "fichier",
    "..": "fichier",
    "...": "fichier",
    "   ": "fichier",
    "\0": "fichier",
    "\u202e": "fichier",
    ".htaccess": "htaccess",
    "...caché.pdf": "caché.pdf",
    ". .PV.pdf": "PV.pdf",
    "PV.pdf.": "PV.pdf",
    "PV.pdf ": "PV.pdf",
    "PV.pdf\0.exe": "PV.pdf.exe",
    "PV\r\nSet-Cookie: a=b.pdf": "PV Set-Cookie: a=b.pdf",
    "PV\n.pdf": "PV.pdf",
    "PV\t2026.pdf": "PV 2026.pdf",
    "PV\x1b[31m.pdf": "PV[31m.pdf",
    "PV\x7f.pdf": "PV.pdf",
    "PV\x85bis.pdf": "PV bis.pdf",
    "PV\u2028bis.pdf": "PV bis.pdf",
    "PV\u2029bis.pdf": "PV bis.pdf",
    "PV\u00a0bis.pdf": "PV bis.pdf",
    "PV\u3000bis.pdf": "PV bis.pdf",
    "contrat\u202efdp.exe": "contratfdp.exe",
    "contrat\u202afdp.exe": "contratfdp.exe",
    "contrat\u202bfdp.exe": "contratfdp.exe",
    "contrat\u202cfdp.exe": "contratfdp.exe",
    "contrat\u202dfdp.exe": "contratfdp.exe",
    "contrat\u2066fdp.exe": "contratfdp.exe",
    "contrat\u2067fdp.exe": "contratfdp.exe",
    "contrat\u2068fdp.exe": "contratfdp.exe",
    "contrat\u2069fdp.exe": "contratfdp.exe",
    "PV\u200b.pdf": "PV.pdf",
    "PV\u200e\u200f.pdf": "PV.pdf",
    "\ufeffPV.pdf": "PV.pdf",
    "PV\ud800.pdf": "PV.pdf",
    "PV\ue000.pdf": "PV.pdf",
    "e\u200d\u0301t\u00e9.pdf": "été.pdf",
    "a  b   c.pdf": "a b c.pdf",
    "عقد.pdf": "عقد.pdf",
    "a" * 300 + ".pdf": "a" * 146 + ".pdf",
    "a" * 300: "a" * 150,
    "a." + "b" * 300: "a." + "b" * 148,
    "é" * 149 + ".docx": "é" * 145 + ".docx",
    "a" * 145 + " . .xlsx.pdf": "a" * 145 + ".pdf",
}


@pytest.mark.parametrize("name", NASTY, ids=ascii)
def test_name_is_cleaned(name):
    assert clean_name(name) == NASTY[name]


@given(st.one_of(st.text(), st.text(alphabet="./\\ ae\u0301\u200d\u202e\n", max_size=400)))
def test_cleaned_name_is_one_short_visible_line(name):
    clean = clean_name(name)
    assert 0 < len(clean) <= 150
    assert clean == clean_name(clean) == unicodedata.normalize("NFC", clean)
    assert not clean.startswith((".", " "))
    assert not set(clean) & set("/\\")
    assert not any(unicodedata.category(sign)[0] == "C" for sign in clean)
    assert clean.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("PV.PDF", "pdf"),
        ("PV.tar.gz", "gz"),
        ("PV", ""),
        (".pdf", ""),
        ("PV.", ""),
        ("PV.pdf ", "pdf"),
        ("PV.p df", ""),
        ("PV.pdf;jpg", ""),
        ("contrat\u202efdp.exe", "exe"),
    ],
)
def test_extension_is_read_from_the_cleaned_name(name, extension):
    assert extension_of(name) == extension

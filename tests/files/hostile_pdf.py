"""Holds PDFs that must not enter: {what: (reason, builder of bytes)}."""

import zlib

from pikepdf import Array, Dictionary, Encryption, Name, ObjectStreamMode, String

from .corpus import link, package, pdf, pdf_with_action, pdf_with_object_stream, pdf_with_root

SCRIPT = String("app.alert(1)")
JAVASCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"
RUN = Dictionary(S=Name.JavaScript, JS=SCRIPT)


def page(**entries):
    """A good PDF whose page holds these entries too."""

    def change(document):
        for key, value in entries.items():
            document.pages[0].obj[f"/{key}"] = value

    return pdf(change)


def annotation(**entries):
    return pdf(lambda document: document.pages[0].Annots.append(Dictionary(Type=Name.Annot, **entries)))


def attached(document):
    document.attachments["salaires.exe"] = b"MZ\x90\0"


def contents(**entries):
    def change(document):
        document.pages[0].Contents = document.make_stream(b"", **entries)

    return pdf(change)


def named_program(document):
    document.Root.Names = document.make_indirect(Dictionary(JavaScript=Dictionary(Names=Array(["a", RUN]))))


def indirect_kind(document):
    """The kind of the action is not written in the action, and both are compressed."""
    kind = document.make_indirect(Name.Launch)
    document.pages[0].Annots.append(document.make_indirect(link(S=kind, Win=Dictionary())))


def packed(change):
    """The same, with everything but streams inside compressed object streams."""
    return pdf(change, object_stream_mode=ObjectStreamMode.generate)


def with_leftover(content):
    """A good PDF with an object that no table names, as an earlier revision leaves behind."""
    data = pdf()
    at = data.rindex(b"\nxref\n") + 1
    added = b"99 0 obj\n" + content + b"\nendobj\n"
    return (data[:at] + added + data[at:]).replace(
        b"startxref\n%d" % at, b"startxref\n%d" % (at + len(added))
    )


def without_pages(document):
    document.Root.Pages.Kids, document.Root.Pages.Count = Array([]), 0


def deflated_again(data):
    for _ in range(30):
        data = zlib.compress(data)
    return data


def hiding(content=JAVASCRIPT, **odd):
    """A PDF whose object stream holds `content` in an odd way."""
    return lambda: pdf_with_object_stream(content, **odd)


HOSTILE = {
    # programs
    "a program at opening": ("pdf.open_action", lambda: pdf_with_root(OpenAction=RUN)),
    "a program in a link": ("pdf.javascript", lambda: pdf_with_action(S=Name.JavaScript, JS=SCRIPT)),
    "a program after a link": (
        "pdf.javascript",
        lambda: pdf_with_action(S=Name.URI, URI=String("https://example.ml"), Next=Array([RUN])),
    ),
    "a named program": ("pdf.javascript", lambda: pdf_with_root(Names=Dictionary(JavaScript=Dictionary()))),
    "a program in a compressed object": ("pdf.javascript", lambda: packed(named_program)),
    "a program in a hand-made object stream": ("pdf.javascript", hiding()),
    "a program in a stream written in hexadecimal": (
        "pdf.javascript",
        hiding(pack=lambda d: d.hex().encode() + b">", filters=b"/AHx"),
    ),
    "a program in a rendition": ("pdf.javascript", lambda: pdf_with_action(S=Name.Rendition, JS=SCRIPT)),
    "a program left by an earlier revision": ("pdf.javascript", lambda: with_leftover(JAVASCRIPT)),
    "a program under an escaped name": (
        "pdf.javascript",
        lambda: with_leftover(b"<</S/J#61va#53cript/X(1)>>"),
    ),
    "a PostScript object": ("pdf.javascript", lambda: contents(Subtype=Name.PS)),
    "a command to launch": ("pdf.launch", lambda: pdf_with_action(S=Name.Launch, F=String("cmd.exe"))),
    "a command whose name lies elsewhere": ("pdf.launch", lambda: packed(indirect_kind)),
    "a link that is a program": (
        "pdf.link",
        lambda: pdf_with_action(S=Name.URI, URI=String(" JavaScript:alert(1)")),
    ),
    # automatic actions
    "a print at opening": (
        "pdf.open_action",
        lambda: pdf_with_root(OpenAction=Dictionary(S=Name.Named, N=Name.Print)),
    ),
    "a web page at opening": (
        "pdf.open_action",
        lambda: pdf_with_root(OpenAction=Dictionary(S=Name.URI, URI=String("https://example.org/seen"))),
    ),
    "actions of the document": (
        "pdf.actions",
        lambda: pdf_with_root(AA=Dictionary(WC=Dictionary(S=Name.Named))),
    ),
    "actions of a page": ("pdf.actions", lambda: page(AA=Dictionary(O=Dictionary(S=Name.URI)))),
    "actions of a note": ("pdf.actions", lambda: annotation(Subtype=Name.Text, AA=Dictionary())),
    # other files
    "an attached file": ("pdf.embedded", lambda: pdf(attached)),
    "an attached file, compressed": ("pdf.embedded", lambda: packed(attached)),
    "a file on a page": ("pdf.embedded", lambda: annotation(Subtype=Name.FileAttachment)),
    "a portfolio": ("pdf.embedded", lambda: pdf_with_root(Collection=Dictionary(View=Name.D))),
    "an embedded stream": ("pdf.embedded", lambda: contents(Type=Name.EmbeddedFile)),
    "a link to another file": (
        "pdf.other_file",
        lambda: pdf_with_action(S=Name.GoToR, F=String("\\\\srv\\a.pdf")),
    ),
    "a link into an attachment": ("pdf.other_file", lambda: pdf_with_action(S=Name.GoToE)),
    "page text kept elsewhere": ("pdf.other_file", lambda: contents(F=String("http://example.org/p"))),
    "a drawing kept elsewhere": ("pdf.other_file", lambda: contents(Ref=Dictionary(F=String("a.pdf")))),
    "a file given by address": (
        "pdf.other_file",
        lambda: pdf_with_root(X=Dictionary(FS=Name.URL, F=String("http://example.org"))),
    ),
    # forms and media
    "a dynamic form": (
        "pdf.xfa",
        lambda: pdf_with_root(AcroForm=Dictionary(XFA=Array([]), Fields=Array([]))),
    ),
    "a form that sends": (
        "pdf.form",
        lambda: pdf_with_action(S=Name.SubmitForm, F=String("http://example.org")),
    ),
    "a form that reads a file": (
        "pdf.form",
        lambda: pdf_with_action(S=Name.ImportData, F=String("C:/data.fdf")),
    ),
    "a rich media": ("pdf.media", lambda: annotation(Subtype=Name.RichMedia)),
    "a video": ("pdf.media", lambda: annotation(Subtype=Name.Screen)),
    "a sound": ("pdf.media", lambda: pdf_with_action(S=Name.Sound)),
    "a film": ("pdf.media", lambda: pdf_with_action(S=Name.Movie)),
    "a 3D model": ("pdf.media", lambda: annotation(Subtype=Name("/3D"))),
    # structure
    "a password": ("pdf.password", lambda: pdf(encryption=Encryption(owner="a", user="b"))),
    "no page": ("pdf.no_page", lambda: pdf(without_pages)),
    "a missing end": ("pdf.truncated", lambda: pdf()[:-30]),
    "bytes before": ("pdf.start", lambda: b"\n" + pdf()),
    "a web page before": ("pdf.start", lambda: b"<html><script>alert(1)</script></html>" + pdf()),
    "a program before": ("pdf.start", lambda: b"MZ" + bytes(60) + pdf()),
    "a web page behind": ("pdf.trailing", lambda: pdf() + b"<script>alert(1)</script>"),
    "an archive behind": ("pdf.hidden", lambda: pdf() + package({"a.exe": b"MZ"})),
    "an archive behind, well closed": (
        "pdf.hidden",
        lambda: pdf() + package({"a.exe": b"MZ"}) + b"\n%%EOF\n",
    ),
    "a header and nothing": ("pdf.damaged", lambda: b"%PDF-1.7\n%%EOF\n"),
    "noise between head and end": (
        "pdf.damaged",
        lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"%%EOF\n",
    ),
    "a page tree in a circle": (
        "pdf.damaged",
        lambda: pdf(lambda document: document.Root.Pages.Kids.append(document.Root.Pages)),
    ),
    # what one reader skips and another runs
    "an object stream too big": ("pdf.damaged", hiding(JAVASCRIPT + b" " * 9_000_000)),
    "an object stream under thirty filters": (
        "pdf.damaged",
        hiding(pack=deflated_again, filters=b"[" + b"/FlateDecode" * 30 + b"]"),
    ),
    "an object stream under an unknown filter": ("pdf.damaged", hiding(filters=b"[/Mystery/FlateDecode]")),
    "an object stream that says it is empty": ("pdf.damaged", hiding(count=0)),
    "an object nested six hundred times": ("pdf.damaged", hiding(b"[" * 600 + JAVASCRIPT + b"]" * 600)),
    "a table of ten million objects": ("pdf.damaged", hiding(size=10_000_000)),
    "objects of a gigabyte": ("pdf.damaged", hiding(b"[" + b"0 " * 8_000_000 + b"]")),
}

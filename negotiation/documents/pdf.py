"""HTML to PDF, in a child process with limits of time and memory. The only file that knows WeasyPrint.

`to_pdf` is what the application calls. The child (`python -m negotiation.documents.pdf`) needs no Django, sees no
secret of the environment, and reads nothing but the project's own static files, named `app:css/booklet.css`, and
`data:` addresses: neither the network nor any other file exists for it.
"""
import base64
import ctypes
import gc
import json
import logging
import os
import re
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .conformance import VARIANT, claim_both, each_once

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
SERVED = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}
# What the work itself may cost: a legal dossier of 325 pages takes 49 s of processor and 555 MiB.
PROCESSOR_SECONDS, MEMORY = 120, 1536 * 1024 * 1024
# How long one waits for it, by the clock, on a machine that does other things: a person behind a page, and a command.
SECONDS, PATIENT_SECONDS = 2 * PROCESSOR_SECONDS, 3 * PROCESSOR_SECONDS
# What lets every page break, for a layout that WeasyPrint would give up.
FREE, AGAIN = "css/free.css", "laid out again, free to break anywhere"
# What the child may know of its surroundings; database addresses and keys are not of its business.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
TOO_LARGE = 3
PULSE = 1
PR_SET_PDEATHSIG = 1
WRITTEN = {"pdf_variant": VARIANT, "dpi": 150}
REMEDY = ("Le dossier est intact. Réessayez dans quelques minutes ; si cela se reproduit, demandez le fichier à "
          "l’administration de l’application, qui peut le faire sans attendre de page (commande « booklet »){}.")
SHORTEN = ", ou raccourcissez les textes les plus longs"

logger = logging.getLogger(__name__)


class PdfError(Exception):
    """The PDF could not be made; str() says why in French, for the person who asked."""


class PdfLate(PdfError):
    """The clock ended the work before its processor limit did: the machine was busy, and the same may succeed later."""


@dataclass(frozen=True)
class Attached:
    """A file that the PDF carries: what a reader saves under this name. type: its media type."""
    name: str
    description: str
    type: str
    content: bytes

    @property
    def told(self):
        """As the child reads it; a PDF lists its files by their names."""
        return [self.name, self.description, f"data:{self.type};base64,{base64.b64encode(self.content).decode()}"]


def to_pdf(html, stylesheets, *, attached=(), changed_at=0, identifier="", seconds=SECONDS, processor=PROCESSOR_SECONDS,
           memory=MEMORY, beat=None):
    """The PDF (bytes) of a whole HTML page. Raises PdfError.

    stylesheets: paths under static/, in order. attached: files (Attached) that it carries. changed_at: seconds since
    1970, and identifier: any text; with the same page and files they make the same bytes. seconds: how long the caller
    waits; processor: seconds of work; memory: address space, in bytes. beat: called every second or so meanwhile; what
    it raises ends the work.
    """
    options = {"stylesheets": list(stylesheets), "identifier": identifier, "processor": processor, "memory": memory,
               "attached": sorted(file.told for file in attached), "changed_at": changed_at}
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment |= {"SOURCE_DATE_EPOCH": str(changed_at), "PYTHONHASHSEED": "0", "TZ": "UTC"}
    try:
        done = run(json.dumps(options).encode() + b"\n" + html.encode("utf-8", "replace"), environment, seconds, beat)
    except subprocess.TimeoutExpired:
        logger.warning("PDF: stopped after %s s", seconds)
        raise PdfLate(f"Le livret n’a pas pu être mis en page en {seconds} secondes : la machine est occupée à autre "
                      f"chose. {REMEDY.format('')}") from None
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-"):
        if AGAIN.encode() in done.stderr:
            logger.warning("PDF: %s", AGAIN)
        return done.stdout
    logger.warning("PDF: child ended with %s: %s", done.returncode, done.stderr.decode(errors="replace")[-2000:])
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise PdfError(f"Le livret demande plus de {processor} secondes de calcul. {REMEDY.format(SHORTEN)}")
    if done.returncode == TOO_LARGE:
        raise PdfError("Le livret demande plus de mémoire qu’il n’est permis : il est sans doute trop long. "
                       "Raccourcissez les textes les plus longs, puis recommencez.")
    raise PdfError("Le livret n’a pas pu être mis en page. Le dossier est intact ; réessayez, puis prévenez "
                   "l’administration de l’application si cela se reproduit.")


def run(told, environment, seconds, beat):
    """The child, once it has ended. Raises TimeoutExpired, and what `beat` raises; the child is then killed."""
    until = time.monotonic() + seconds
    with started(environment) as child:
        try:
            while True:
                try:
                    out, err = child.communicate(told, timeout=min(PULSE, max(until - time.monotonic(), 0)))
                    return subprocess.CompletedProcess(child.args, child.returncode, out, err)
                except subprocess.TimeoutExpired:
                    if time.monotonic() >= until:
                        raise
                    # What is still to be sent to the child is remembered by `communicate`.
                    told = None
                    if beat:
                        beat()
        except BaseException:
            child.kill()
            raise


def started(environment):
    """The child, in a session of its own and deaf to the request to stop: a worker that is told to stop with all its
    group ends its work first. The signal is held back while it starts: a child is born in the group of its parent.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        return subprocess.Popen(  # noqa: S603 — our own interpreter and module, nothing typed by anybody
            [sys.executable, "-m", "negotiation.documents.pdf"], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def main():
    """The child: options and HTML on stdin, PDF on stdout."""
    if sys.platform == "linux":
        # A parent that is killed takes its child along: what it made would go nowhere.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    options = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_AS, (options["memory"], options["memory"]))
    # This holds even for a child whose parent was killed elsewhere than on Linux.
    resource.setrlimit(resource.RLIMIT_CPU, (options["processor"], options["processor"] + 1))
    # Looking for cycles again and again costs a tenth of the work, in a process that ends with its page.
    gc.disable()
    try:
        pdf = render(sys.stdin.buffer.read().decode(), options)
    except MemoryError:
        sys.exit(TOO_LARGE)
    sys.stdout.buffer.write(pdf)


def render(html, options):
    from weasyprint import Attachment  # noqa: PLC0415

    fetcher = own_files_fetcher()
    document = laid_out(html, options["stylesheets"], fetcher)
    claim_both(document.metadata)
    at = datetime.fromtimestamp(options["changed_at"], UTC)
    files = [Attachment(url=address, url_fetcher=fetcher, name=name, description=said, created=at, modified=at,
                        relationship="Data") for name, said, address in options["attached"]]
    return document.write_pdf(attachments=files, finisher=each_once, pdf_identifier=options["identifier"].encode(),
                              **WRITTEN)


def laid_out(html, stylesheets, fetcher):
    """The pages, as a document of WeasyPrint, which is imported here only: the application never loads it. When it
    cannot keep together what must be, it breaks anywhere."""
    from weasyprint import CSS, HTML  # noqa: PLC0415
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    fonts = FontConfiguration()

    def pages(names):
        sheets = [CSS(url=f"app:{name}", url_fetcher=fetcher, font_config=fonts) for name in names]
        return HTML(string=html, url_fetcher=fetcher).render(stylesheets=sheets, font_config=fonts, **WRITTEN)
    with suppress(AssertionError):
        return pages(stylesheets)
    # What the first layout held is freed: the limits are those of one.
    gc.collect()
    sys.stderr.write(AGAIN)
    return pages([*stylesheets, FREE])


def own_files_fetcher():
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OwnFiles(URLFetcher):
        """`app:` names a file under static/, `data:` carries its own bytes; everything else is refused."""

        def __init__(self):
            super().__init__(allowed_protocols={"data"}, allow_redirects=False)

        def fetch(self, url, headers=None):
            if not url.startswith("app:"):
                return super().fetch(url, headers)
            path = own_file(url)
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": SERVED[path.suffix]})

    return OwnFiles()


def own_file(url):
    """app:css/booklet.css → its path under static/. ValueError for any other file."""
    path = (STATIC / re.sub(r"^app:/*", "", url)).resolve()
    if path.suffix not in SERVED or not path.is_relative_to(STATIC) or not path.is_file():
        raise ValueError(f"not a file of ours: {url}")
    return path


if __name__ == "__main__":
    main()

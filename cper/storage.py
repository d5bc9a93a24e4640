"""Static files as they travel: without what is there for those who read the sources, a fifth of their weight."""
import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# A comment alone on its lines, what indents a script, and its ends of lines after a mark that needs none. Ours have no
# other comment, and no text of several lines.
FOR_READERS = {"css": re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*\n", re.M | re.S),
               "js": re.compile(rb"^[ \t]*//.*\n|^[ \t]+|(?<=[;{,(\[])\n", re.M)}


def light(name, content):
    """What is sent of the content (bytes) of css/… and js/…; other files, and those of other applications, whole."""
    left_out = FOR_READERS.get(name.partition("/")[0])
    return left_out.sub(b"", content) if left_out else content


class LightStorage(CompressedManifestStaticFilesStorage):
    # A script that another one imports is the same file as the page's, known by the same name.
    support_js_module_import_aggregation = True

    def _save(self, name, content):
        return super()._save(name, ContentFile(light(name, b"".join(content.chunks()))))

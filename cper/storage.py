"""Static files as they travel: without their comments, which are for those who read the sources and weigh a seventh."""
import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# A comment alone on its lines; scripts and stylesheets of ours have no other.
COMMENTS = {"css": re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*\n", re.M | re.S), "js": re.compile(rb"^[ \t]*//.*\n", re.M)}


def light(name, content):
    """What is sent of the content (bytes) of css/… and js/…; other files, and those of other applications, whole."""
    comments = COMMENTS.get(name.partition("/")[0])
    return comments.sub(b"", content) if comments else content


class LightStorage(CompressedManifestStaticFilesStorage):
    def _save(self, name, content):
        return super()._save(name, ContentFile(light(name, b"".join(content.chunks()))))

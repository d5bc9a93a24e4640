"""Writing a document where a command was told to; a file that is there is replaced whole, or left as it was."""
import os
import tempfile
from contextlib import contextmanager


def write(target, content):
    """All of the file or nothing of it. Raises OSError."""
    with writing(target) as file:
        file.write(content)


@contextmanager
def writing(target, *, private=False):
    """The open file that becomes `target` if all goes well. private: for the account that runs the command alone."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".cper-")
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
        os.chmod(temporary, 0o600 if private else 0o644)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise

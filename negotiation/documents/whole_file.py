"""Writing a document where a command was told to; a file that is there is replaced whole, or left as it was."""
import os
import tempfile


def write(target, content):
    """All of the file or nothing of it. Raises OSError."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".cper-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise

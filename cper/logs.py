"""What the log never says: the secret of an invitation or of a share link, whatever went wrong on its page."""
import logging
import re

LINK = re.compile(r"(/(?:invitation|partage)/)[^/\s'\"]+")


class HideLinks(logging.Filter):
    def filter(self, record):
        record.msg, record.args = LINK.sub(r"\1…", record.getMessage()), ()
        return True

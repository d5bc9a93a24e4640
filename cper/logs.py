"""What the log never says: the secret link of an invitation, whatever went wrong on its page."""
import logging
import re

LINK = re.compile(r"(/invitation/)[^/\s'\"]+")


class HideLinks(logging.Filter):
    def filter(self, record):
        record.msg, record.args = LINK.sub(r"\1…", record.getMessage()), ()
        return True

"""Text as it is searched: without accents, case or marks, so that both databases find the same words.

« Gestion de l’Eau à Ŋŋaara » → « gestion de l eau a nnaara ». Knows nothing of the field.
"""
import re
import unicodedata

# Letters that no decomposition brings back to the keyboard of who searches: ligatures, and those of our languages.
PLAIN = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ɛ": "e", "ɔ": "o", "ŋ": "n", "ɲ": "n", "ɓ": "b", "ɗ": "d",
                       "ƴ": "y", "ø": "o", "ł": "l"})
# What is neither a letter nor a digit, in any script.
BETWEEN = re.compile(r"[\W_]+")


def fold(text):
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", str(text).casefold())
                   if not unicodedata.combining(sign))
    return BETWEEN.sub(" ", bare.translate(PLAIN)).strip()

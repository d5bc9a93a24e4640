"""The pictures of an edition, drawn again for a page from what its frozen content keeps; never from the dossier."""
from ..drawing import Drawing, Label, Path, Rect


def pictures(content):
    """The shares of the financiers, then the francs by year, as far as the edition has them."""
    body = content["body"]
    kept = (body["identity"]["drawing"], body["plan"]["chart"])
    return [drawing(one) for one in kept if one]


def drawing(kept):
    parts = {name: tuple(kind(**one) for one in kept[name])
             for name, kind in (("rects", Rect), ("labels", Label), ("paths", Path))}
    return Drawing(**{**kept, **parts})

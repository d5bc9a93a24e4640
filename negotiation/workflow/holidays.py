"""The public holidays of Mali as the `holidays` library knows them; what it only estimates is named « à confirmer »."""
import holidays

from ..models import Holiday

YEARS = range(2026, 2032)
ESTIMATED, TO_CONFIRM = " (estimé)", " (date à confirmer)"


def known():
    """{(code,): values} for every holiday of YEARS, in the form of the loader of reference data.

    The code is the year and the feast without its reliability: a later version of the library that confirms or moves
    an estimated date moves the row it loaded, unless an administrator edited it. A date taken by another row is left.
    """
    found = {}
    for date, name in sorted(holidays.country_holidays("ML", years=YEARS, language="fr").items()):
        name = name.replace("'", "’")
        code = (f"{date.year} {name.replace(ESTIMATED, '')}",)
        found[code] = {"date": date, "name": name.replace(ESTIMATED, TO_CONFIRM), "is_closed": True}
    held = {row.date: (row.code,) for row in Holiday.objects.all()}
    return {code: values for code, values in found.items() if held.get(values["date"], code) == code}

"""How an act holds the rows that it reads and then changes."""


def for_update(rows):
    """`rows` (a manager or a query), locked until the transaction ends: whoever asks for them next reads what it wrote.

    The rows alone, not those that are read beside them; other rows may still be tied to them meanwhile.
    """
    return rows.select_for_update(of=("self",), no_key=True)

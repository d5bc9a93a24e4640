"""Run the measures on a database of their own, and print them."""
import os
import sys
import tempfile
from pathlib import Path


def main():
    with tempfile.TemporaryDirectory(prefix="cper-bench-") as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "cper.settings"}
        os.environ.pop("SECRET_KEY", None)
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
        import django
        django.setup()
        from tests.bench import booklet, data, journal, making, money, pages, pages_of_booklets
        print(data.load())
        print(pages.measure())
        print(money.measure())
        print(journal.measure())
        print(booklet.measure())
        print(making.measure())
        print(pages_of_booklets.measure())


if __name__ == "__main__":
    main()

"""Refuses a port that is taken, or is none, in one line: `port.py 8000`."""
import socket
import sys


def why_not(port):
    if not port.isdigit() or not 0 < int(port) < 65536:
        return f"« {port} » n'est pas un port : donnez un nombre, par exemple « make demo PORT=8001 »."
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", int(port)))
        except OSError:
            return (f"Le port {port} est déjà pris, ou réservé au système : choisissez-en un autre, par exemple "
                    "« make demo PORT=8001 ».")
    return ""


sys.exit(why_not(sys.argv[1]) or None)

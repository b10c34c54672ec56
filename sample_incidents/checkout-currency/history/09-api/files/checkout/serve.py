"""Runs the quote server: python -m checkout.serve [DATABASE]."""

from __future__ import annotations

import logging
import sys
from wsgiref.simple_server import make_server

from checkout.api import Application
from checkout.catalog import Catalog
from checkout.store import connect


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    database = connect(sys.argv[1] if len(sys.argv) > 1 else "catalogue.sqlite3")
    with make_server("127.0.0.1", 8080, Application(Catalog(database))) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()

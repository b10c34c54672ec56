import pytest

from checkout.catalog import Catalog
from checkout.store import connect, import_prices


@pytest.fixture
def database():
    connection = connect()
    import_prices(
        connection,
        [("MUG", "8.00", "EUR", 350), ("TEE", "20.00", "EUR", 180), ("POSTER", "12.50", "EUR", 90)],
    )
    yield connection
    connection.close()


@pytest.fixture
def catalog(database):
    return Catalog(database)

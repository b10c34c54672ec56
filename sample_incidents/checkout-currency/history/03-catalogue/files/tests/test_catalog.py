from decimal import Decimal


def test_amounts_are_read_by_item(catalog):
    rows = catalog.load_prices(["MUG", "TEE"])
    assert {sku: Decimal(row["amount"]) for sku, row in rows.items()} == {"MUG": Decimal(8), "TEE": Decimal(20)}


def test_unknown_items_are_left_out(catalog):
    assert list(catalog.load_prices(["MUG", "GONE"])) == ["MUG"]


def test_an_unknown_item_weighs_nothing(catalog):
    assert catalog.grams("GONE") == 0
    assert catalog.grams("MUG") == 350

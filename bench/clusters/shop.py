"""Source of the services whose bugs are raised: modules as text, and for each bug the call that shows it.

A call is an expression over `v`, a dictionary of random values. `{{R}}` marks where a release puts lines of its own.
"""

from __future__ import annotations

MODULES = {
    "shop/pricing.py": """
from decimal import Decimal
{R}
RATES = {"DE": 19, "FR": 20}

def price_for(row, region):
    amount = Decimal(row["amount"])
    {L}
    return amount, row["currency"]

def with_tax(row, region):
    rate = RATES[region]
    return Decimal(row["amount"]) * rate

def split_evenly(total, parts):
    share = total / len(parts)
    rest = total % max(1, len(parts) - 3)
    return share / rest

def discount(row):
    return row["voucher"].percent * 2

def apply_voucher(total, voucher):
    return total + voucher

def parse_amount(text):
    cleaned = text.strip()
    {L}
    return float(cleaned)

def margin(row):
    cost = float(row["cost"])
    label = int(row["label"])
    return cost / label
""",
    "shop/fields.py": """
{R}
class MissingField(Exception):
    pass

class BadValue(ValueError):
    pass

def require(row, name):
    value = row.get(name)
    if value is None:
        raise MissingField(name)
    return value

def ensure_positive(number):
    if number <= 0:
        raise BadValue("value must be positive")
    return number
""",
    "shop/orders.py": """
from shop.fields import require, ensure_positive
from shop.pricing import price_for
{R}
class OrderError(Exception):
    pass

def create(row):
    require(row, "customer")
    return row

def ship(row):
    {L}
    require(row, "address")
    return row

def bill(row):
    return ensure_positive(row["total"])

def first_line(order):
    return order["lines"][0]

def last_line(order):
    return order["lines"][order["count"]]

def quote(row):
    try:
        return price_for(row, "DE")
    except KeyError as error:
        raise OrderError(f"cannot quote order {row['id']}") from error

def load(payload):
    import json
    return json.loads(payload)

def owner(order):
    return order.customer.name

def renumber(order):
    return order.nmber + 1

def total(order):
    return sum(line.price for line in order.rows)

def cancel(order):
    if order["state"] == "shipped":
        raise OrderError(f"order {order['id']} is already shipped to {order['city']}")

def reopen(order):
    if order["state"] == "paid":
        raise OrderError(f"order {order['id']} was paid")
    if order["state"] == "gone":
        raise OrderError("archive has no such order")
""",
    "shop/stock.py": """
from shop.fields import ensure_positive, require
{R}
class OutOfStock(Exception):
    pass

def reserve(item, count):
    {L}
    if item["left"] < count:
        raise OutOfStock(f"only {item['left']} of {item['sku']} left")

def restock(row):
    return ensure_positive(row["count"])

def audit(row):
    return require(row, "warehouse")

def locate(codes, code):
    return codes.index(code)

def merge(a, b):
    return {**a, **dict(b)}

def walk(node):
    return walk(node["parent"]) + 1

def ping(n):
    return pong(n + 1)

def pong(n):
    return ping(n)

def unpack(row):
    sku, count = row
    return sku

def depth(tree):
    assert tree["depth"] < 10, f"tree {tree['name']} is too deep"
""",
    "shop/remote.py": """
import socket, urllib.error
{R}
class ConnectError(Exception):
    pass

class ReadTimeout(Exception):
    pass

class HTTPStatusError(Exception):
    pass

def check_response(status, url):
    if status >= 400:
        raise HTTPStatusError(f"Client error '{status}' for url '{url}'")

def charge(v):
    raise ConnectError(f"[Errno 111] Connection refused: https://api.payfast.example/v1/charge/{v['n']}")

def refund(v):
    raise ConnectError(f"connect to https://api.payfast.example/v1/refund/{v['n']} failed")

def capture(v):
    {L}
    raise socket.gaierror(-2, "Name or service not known: api.payfast.example")

def rates(v):
    raise ReadTimeout(f"read timed out: https://rates.fx.example/latest?x={v['n']}")

def history(v):
    raise ReadTimeout(f"read timed out: https://rates.fx.example/history/{v['n']}")

def lookup_user(v):
    check_response(404, f"https://users.example/users/{v['n']}")

def lookup_cart(v):
    check_response(404, f"https://carts.example/carts/{v['n']}")

def certificate(v):
    raise OSError("certificate verify failed: certificate has expired (_ssl.c:1007) host='mail.example.com'")
""",
    "shop/store.py": """
import errno, os
{R}
class OperationalError(Exception):
    pass

class ProgrammingError(Exception):
    pass

def save(v):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"/var/data/{v['n']}.tmp")

def backup(v):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"/var/data/{v['n']}.bak")

def connect(v):
    raise OperationalError("QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00")

def column(v):
    raise ProgrammingError("column orders.currency does not exist\\nLINE 1: SELECT")

def table(v):
    raise ProgrammingError('relation "vouchers" does not exist')

def deadlock(v):
    raise OperationalError(f"deadlock detected: process {v['n']} waits for ShareLock on transaction {v['n']}")

def duplicate(v):
    raise ProgrammingError(f"duplicate key value violates unique constraint \\"orders_pkey\\" Key (id)=({v['n']})")

def setting(v):
    return os.environ["SHOP_LEDGER_KEY"]
""",
    "shop/reports.py": """
import asyncio
from datetime import datetime
{R}
def day(text):
    return datetime.strptime(text, "%Y-%m-%d")

def decode(data):
    {L}
    return data.decode("utf-8")

def render(template, row):
    return template.format(**row)

def percentile(rows, n):
    return sorted(rows)[int(len(rows) * n)]

def newest(rows):
    return max(rows, key=lambda row: row["at"])

def names(rows):
    return [row["name"].upper() for row in rows]

async def fetch(row):
    await asyncio.sleep(0)
    return row["body"]["text"]

def fetched(row):
    return asyncio.run(fetch(row))

async def both(rows):
    async with asyncio.TaskGroup() as group:
        for row in rows:
            group.create_task(fetch_title(row))

async def fetch_title(row):
    return row["title"]

def gathered(rows):
    return asyncio.run(both(rows))

def call(fn):
    return fn(1, 2, 3)

def slow(n):
    return undefined_name + n

def unbound(flag):
    if flag:
        value = 1
    return value

def lazy(rows):
    return next(iter(rows))

def attribute(text):
    return text.uper()

def plugin(name):
    import importlib
    return importlib.import_module("shop_plugins_" + "extra")

def compare(a, b):
    return sorted([a, b])

def cached(row):
    try:
        return row["cache"]
    except KeyError:
        return len(row["fallback"])
""",
}

# (module, function, call). Where several calls stand under one name, they are one bug.
BUGS: dict[str, tuple[str, ...]] = {
    "price-currency": (
        "pricing.price_for({'amount': v['amount']}, 'DE')",
        "orders.quote({'amount': v['amount'], 'id': v['n']})",
    ),
    "tax-region": ("pricing.with_tax({'amount': v['amount']}, v['region'])",),
    "split-nobody": ("pricing.split_evenly(v['n'], [])",),
    "split-rest": ("pricing.split_evenly(12, [1] * 6)",),
    "discount-none": ("pricing.discount({'voucher': None})",),
    "voucher-none": ("pricing.apply_voucher(v['n'], None)",),
    "amount-text": ("pricing.parse_amount(v['word'])",),
    "margin-cost": ("pricing.margin({'cost': v['word'], 'label': '1'})",),
    "margin-label": ("pricing.margin({'cost': '1', 'label': v['word']})",),
    "order-customer": ("orders.create({})",),
    "ship-address": ("orders.ship({})",),
    "bill-total": ("orders.bill({'total': -v['n']})",),
    "first-line": ("orders.first_line({'lines': []})",),
    "last-line": ("orders.last_line({'lines': [1], 'count': v['n'] + 2})",),
    "payload": ("orders.load(v['word'])",),
    "owner-none": ("orders.owner(type('Order', (), {'customer': None})())",),
    "order-typo": ("orders.renumber(type('Order', (), {'number': 1})())",),
    "total-rows": ("orders.total(type('Order', (), {'rows': [v['word']]})())",),
    "cancel-shipped": ("orders.cancel({'state': 'shipped', 'id': v['n'], 'city': v['city']})",),
    "reopen-paid": ("orders.reopen({'state': 'paid', 'id': v['n']})",),
    "reopen-gone": ("orders.reopen({'state': 'gone', 'id': v['n']})",),
    "reserve": ("stock.reserve({'left': v['n'] % 3, 'sku': v['sku']}, 5)",),
    "restock": ("stock.restock({'count': -v['n']})",),
    "audit": ("stock.audit({})",),
    "locate": ("stock.locate([], v['sku'])",),
    "merge": ("stock.merge({}, v['n'])",),
    "walk": ("stock.walk(v['loop'])",),
    "ping-pong": ("stock.ping(0)",),
    "unpack": ("stock.unpack([1, 2, 3])",),
    "tree-depth": ("stock.depth({'depth': 10 + v['n'], 'name': v['word']})",),
    "payfast-down": ("remote.charge(v)", "remote.refund(v)", "remote.capture(v)"),
    "rates-slow": ("remote.rates(v)",),
    "history-slow": ("remote.history(v)",),
    "user-404": ("remote.lookup_user(v)",),
    "cart-404": ("remote.lookup_cart(v)",),
    "certificate": ("remote.certificate(v)",),
    "disk-full": ("store.save(v)", "store.backup(v)"),
    "pool": ("store.connect(v)",),
    "column": ("store.column(v)",),
    "table": ("store.table(v)",),
    "deadlock": ("store.deadlock(v)",),
    "duplicate": ("store.duplicate(v)",),
    "setting": ("store.setting(v)",),
    "day": ("reports.day(v['word'])",),
    "decode": ("reports.decode(b'abc\\xe9' + v['word'].encode())",),
    "render": ("reports.render('{total}', {})",),
    "percentile": ("reports.percentile([], 0.5)",),
    "newest": ("reports.newest([])",),
    "names": ("reports.names([{'name': None}])",),
    "fetch": ("reports.fetched({'body': None})",),
    "title": ("reports.gathered([{}, {}])",),
    "call": ("reports.call(lambda a: a)",),
    "undefined": ("reports.slow(v['n'])",),
    "unbound": ("reports.unbound(False)",),
    "lazy": ("reports.lazy([])",),
    "uper": ("reports.attribute(v['word'])",),
    "plugin": ("reports.plugin(v['word'])",),
    "compare": ("reports.compare(v['n'], v['word'])",),
    "fallback": ("reports.cached({})",),
}

RENAMED = {
    "parse_amount": "amount_from_text", "first_line": "leading_line", "percentile": "quantile", "locate": "position_of",
}  # fmt: skip

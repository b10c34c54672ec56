"""Drafts that drop a refusal, are unsafe at the same time, add what nobody asked for, or bury the fix in layout."""

# ruff: noqa: E501  (rows of a table: a piece of code before and after)

from __future__ import annotations

import pytest

from rootcase.core.config.settings import GuardrailSettings
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.hunks import hunks_between, numbered, with_digest
from rootcase.core.model.proofs import Finding
from rootcase.core.review.stage import examine, verdict

STORE = '''"""Orders."""

import threading

from shop.errors import Refused

LOCK = threading.Lock()
LIMITS = {"items": 100}


def place(order, stock):
    if not order.items:
        raise Refused("an order has items")
    assert order.total >= 0, order.total
    with LOCK:
        stock.take(order.items)
    return order


async def send(order, mail):
    await mail.deliver(order)
    return order
'''


def findings_of(old: str, new: str, *, path: str = "shop/store.py") -> tuple[Finding, ...]:
    assert old in STORE
    text = STORE.replace(old, new, 1)
    hunks = numbered(hunks_between(path, STORE, text, test=False))
    draft = with_digest(Draft(1, "b" * 40, hunks=tuple(HunkState(h) for h in hunks)))
    return examine(Case(drafts=(draft,)), draft, {path: STORE}, GuardrailSettings())


@pytest.mark.parametrize(
    ("check", "old", "new"),
    [
        ("drops a refusal", '    if not order.items:\n        raise Refused("an order has items")\n', ""),
        ("drops a refusal", '        raise Refused("an order has items")\n', "        order.items = stock.first()\n"),
        ("drops a refusal", "    assert order.total >= 0, order.total\n", ""),
        ("unsafe at the same time", "    with LOCK:\n        stock.take(order.items)\n", "    stock.take(order.items)\n"),
        ("unsafe at the same time", "    await mail.deliver(order)\n", "    mail.deliver(order)\n"),
        ("unsafe at the same time", 'LIMITS = {"items": 100}\n\n\ndef place(order, stock):\n',
         'LIMITS = {"items": 100}\nPLACED = {}\n\n\ndef place(order, stock):\n    PLACED[order.id] = order\n'),
        ("unsafe at the same time", "    assert order", "    global LIMITS\n    LIMITS = None\n    assert order"),
        ("unsafe at the same time", "def place(order, stock):", "def place(order, stock, seen=[]):"),
        ("nobody asked for it", "    with LOCK", '    region = os.environ.get("REGION")\n    with LOCK'),
        ("nobody asked for it", "    with LOCK", "    time.sleep(0.5)\n    with LOCK"),
        ("nobody asked for it", "    await mail", "    for attempt in range(3):\n        pass\n    await mail"),
        ("nobody asked for it", "async def send", "def audit(order):\n    return order.id\n\n\nasync def send"),
        ("new outside call", "    with LOCK", "    os.remove(order.path)\n    with LOCK"),
        ("new outside call", "    with LOCK", '    open(order.path, "w").close()\n    with LOCK'),
        ("new outside call", "    with LOCK", "    order.path.write_text(order.id)\n    with LOCK"),
    ],
)  # fmt: skip
def test_a_bad_draft_is_held(check: str, old: str, new: str):
    findings = findings_of(old, new)
    assert check in {f.check for f in findings}, findings
    assert verdict(findings) in ("hold", "refuse")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # the same refusal with a better message, or moved into a function of its own that is called
        ('Refused("an order has items")', 'Refused(f"order {order.id} has no items")'),
        ('    if not order.items:\n        raise Refused("an order has items")\n',
         '    _check(order)\n'),
        ("    with LOCK:\n", "    with LOCK:\n        stock.refresh()\n"),
        ("    await mail.deliver(order)\n", "    await mail.deliver(order, order.address)\n"),
        ("stock.take(order.items)", "stock.take(order.items, region=LIMITS)"),
        ("    return order\n\n\nasync", '    with open(order.path, "rb") as file:\n        order.raw = file.read()\n    return order\n\n\nasync'),
    ],
)  # fmt: skip
def test_a_good_draft_is_offered(old: str, new: str):
    helper = (
        'def _check(order):\n    if not order.items:\n        raise Refused("no items")\n\n\nasync def send'
    )
    if "_check" in new:
        text = STORE.replace(old, new, 1).replace("async def send", helper)
        hunks = numbered(hunks_between("shop/store.py", STORE, text, test=False))
        draft = with_digest(Draft(1, "b" * 40, hunks=tuple(HunkState(h) for h in hunks)))
        findings = examine(Case(drafts=(draft,)), draft, {"shop/store.py": STORE}, GuardrailSettings())
    else:
        findings = findings_of(old, new)
    assert verdict(findings) == "offer", findings


def test_a_few_lines_of_layout_are_a_remark_and_many_hold_the_draft():
    few = findings_of("    return order\n\n\nasync", "    # placed\n    return order\n\n\nasync")
    assert {(f.check, f.severity) for f in few} == {("unrelated change", "info")}
    body = STORE[STORE.index("def place") : STORE.index("async def")]
    spread = body.replace("(order, stock)", "(\n    order,\n    stock,\n)").replace(
        'Refused("an order has items")', 'Refused(\n            "an order has items"\n        )'
    )
    many = findings_of(body, spread.replace("LOCK:\n", "LOCK:  # one at a time\n"))
    assert verdict(many) == "hold"

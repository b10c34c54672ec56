"""Names are found at any commit without a checkout, and how sure each place is, is said."""

import pytest

from rootcase.core.codemap.index import CodeIndex

MONEY = "def price(sku):\n    return rows[sku]\n\n\nclass Rate:\n    def price(self):\n        return 1\n"
CART = """from shop.money import price


class Cart(Base):
    def total(self):
        return self.sum() + price("a")

    def sum(self):
        return 0
"""


@pytest.fixture
async def index(checkout, opened):
    checkout.commit(
        "First",
        {
            "src/shop/__init__.py": "",
            "src/shop/money.py": MONEY,
            "src/shop/cart.py": CART,
            "src/shop/base.py": "class Base:\n    def close(self):\n        pass\n",
            "tests/test_cart.py": "from shop.cart import Cart\n\n\ndef test_sum():\n    assert Cart().sum() == 0\n",
            "web/app.js": "function price(sku) { return sku; }\nprice(1);\n",
        },
    )
    repository, _ = await opened()
    return CodeIndex(repository), await repository.resolve("HEAD")


async def test_all_places_of_a_name_are_given_with_how_sure(index):
    index, commit = index
    found = await index.definitions(commit, "price", near="src/shop/cart.py")
    assert [(item.path, item.symbol.qualified_name) for item in found] == [
        ("src/shop/money.py", "price"),
        ("src/shop/money.py", "Rate.price"),
    ]
    assert found[0].why == "its module is imported" and found[0].sure > found[1].sure
    assert {item.path for item in await index.definitions(commit, "price")} == {
        "src/shop/money.py",
        "web/app.js",
    }
    assert await index.definitions(commit, "nothing") == () == await index.definitions(commit, "a|b")


async def test_self_stands_for_the_class_and_its_bases(index):
    index, commit = index
    found = await index.definitions(
        commit, "sum", near="src/shop/cart.py", receiver="self", within="Cart.total"
    )
    assert found[0].why == "in the same class"
    found = await index.definitions(
        commit, "close", near="src/shop/cart.py", receiver="self", within="Cart.total"
    )
    assert found[0].why == "in the base class Base"


async def test_callers_stand_in_their_functions(index):
    index, commit = index
    calls = await index.callers(commit, "sum", defined_in="src/shop/cart.py")
    assert [(call.path, call.caller.qualified_name) for call in calls] == [
        ("src/shop/cart.py", "Cart.total"),
        ("tests/test_cart.py", "test_sum"),
    ]
    calls = await index.callers(commit, "price", defined_in="web/app.js")
    assert [(call.path, call.caller) for call in calls] == [("web/app.js", None)]


async def test_another_commit_reads_only_what_it_changed(index, checkout, monkeypatch):
    index, commit = index
    await index.symbols(commit, "src/shop/cart.py")
    checkout.commit("More", {"src/shop/money.py": MONEY + "\ndef tax():\n    pass\n"})
    from rootcase.core.workspace.clone import private_clone

    await private_clone(checkout.path, index.repository.folder.parent.parent)
    later = checkout.git("rev-parse", "HEAD")
    read = []
    real = index.repository.read

    async def watched(commit, path):
        read.append(path)
        return await real(commit, path)

    monkeypatch.setattr(index.repository, "read", watched)
    await index.symbols(later, "src/shop/cart.py")
    found = await index.symbols(later, "src/shop/money.py")
    assert read == ["src/shop/money.py"] and found.named("tax")


async def test_memory_is_bounded_and_the_oldest_goes_first(index, monkeypatch):
    index, commit = index
    monkeypatch.setattr("rootcase.core.codemap.index.KEPT", 12)
    for path in ("src/shop/money.py", "src/shop/cart.py", "src/shop/base.py"):
        await index.symbols(commit, path)
    assert index._kept <= 12 + 10 and len(index._files) < 3


SOURCES = {
    "src/money.js": """class Money {
  async rate(a) { return this.load(a); }
  load = (a) => a;
}
const price = async (sku) => rate(sku);
module.exports.tax = function (a) { return price(a); };
""",
    "web/cart.ts": """export class Cart<T> extends Base<T> {
  public async total(a: number): Promise<number> { return sum(a); }
}
export const sum = (a: number): number => a;
""",
    "web/view.tsx": """export function View() { return <b>{label()}</b>; }
export const label = () => 'x';
""",
    "go/cart.go": """package cart

type Cart struct{ rows []int }

func (c *Cart) Total() int {
	return add(c.rows)
}

func add(rows []int) int { return 0 }
""",
    "java/Cart.java": """class Cart {
  @Override
  public List<Row> totals(int a) {
    return addAll(a);
  }
  static int addAll(int a) { return a; }
}
""",
    "kt/Cart.kt": """class Basket {
    suspend fun amount(a: Int): Int {
        return doubled(a)
    }
}
fun Int.doubled(a: Int) = a
""",
    "rb/cart.rb": """module Shop
  class Order
    def grand_total
      line_total(1)
    end

    def self.line_total(a)
      a
    end
  end
end
""",
    "php/Cart.php": """<?php
class Purse {
  public static function coins(int $a): int { return halved($a); }
}
function halved($a) { return $a; }
""",
    "cs/Cart.cs": """class Till {
  public async Task<int> Cash(int a) { return Counted(a); }
  private static int Counted(int a) => a;
}
""",
    "rs/cart.rs": """pub struct Wallet { x: i32 }
impl Wallet {
    pub fn notes(&self) -> i32 { folded(1) }
}
fn folded(a: i32) -> i32 { a }
""",
    "c/cart.c": """static int *weigh(int a)
{
  return scale(a);
}
int scale(int a) { return a; }
""",
    "cpp/cart.cpp": """class Crate { int volume(int a); };
int Crate::volume(int a) {
  return depth(a);
}
int depth(int a) { return a; }
""",
}


@pytest.mark.parametrize(
    ("near", "name", "qualified", "caller"),
    [
        ("src/money.js", "rate", "Money.rate", "price"),
        ("src/money.js", "load", "Money.load", "Money.rate"),
        ("src/money.js", "price", "price", "tax"),
        ("web/cart.ts", "sum", "sum", "Cart.total"),
        ("web/view.tsx", "label", "label", "View"),
        ("go/cart.go", "add", "add", "Cart.Total"),
        ("java/Cart.java", "addAll", "Cart.addAll", "Cart.totals"),
        ("kt/Cart.kt", "doubled", "doubled", "Basket.amount"),
        ("rb/cart.rb", "line_total", "Shop.Order.line_total", "Shop.Order.grand_total"),
        ("php/Cart.php", "halved", "halved", "Purse.coins"),
        ("cs/Cart.cs", "Counted", "Till.Counted", "Till.Cash"),
        ("rs/cart.rs", "folded", "folded", "Wallet.notes"),
        ("c/cart.c", "scale", "scale", "weigh"),
        ("cpp/cart.cpp", "depth", "depth", "Crate.volume"),
    ],
)
async def test_every_language_finds_definitions_and_callers(checkout, opened, near, name, qualified, caller):
    checkout.commit("First", SOURCES)
    repository, _ = await opened()
    index, commit = CodeIndex(repository), await repository.resolve("HEAD")
    found = await index.definitions(commit, name, near=near)
    assert [(item.path, item.symbol.qualified_name) for item in found] == [(near, qualified)]
    calls = await index.callers(commit, name, defined_in=near)
    assert [(call.path, call.caller.qualified_name) for call in calls] == [(near, caller)]
    kind = found[0].symbol.qualified_name.split(".")[0]
    if kind != qualified:
        owners = await index.definitions(commit, kind, near=near, kind="class")
        assert [item.path for item in owners] == [near]

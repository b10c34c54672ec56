"""The functions and classes of a file in each of the twelve languages, by their own names."""

import pytest

from rootcase.core.codemap.languages.table import LANGUAGES, language_of, query
from rootcase.core.codemap.symbols import MAX_SOURCE, symbols_of

PYTHON = """from .money import price as cost
@table("carts")
class Cart(Base, metaclass=Meta):
    rows = field(list)
    @property
    def total(self, first, *rest, tax: int = 1, **more):
        def inner(row): return cost(row)
        if not rest:
            raise ValueError("empty")
        return self.sum(
            first,
        )
"""
GO = """package cart
type Cart struct { Base }
func (c *Cart) Total(a, b int) error {
	return c.sum(a)
}
func (s Stack[T]) Push() { panic("full") }
func main() { go func() { run() }() }
"""
JAVA = """package com.shop;
public class Cart extends Base implements Priced {
  @Override
  public int total(int a) { helper(a); throw new IllegalStateException("x"); }
  Cart() { super(); }
  static class Row { int price() { return this.money.of(1); } }
}
"""
KOTLIN = """class Cart(val x: Int) : Base(1) {
  fun total(a: Int): Int {
    helper(a)
    throw IllegalStateException("x")
  }
}
fun String.price(k: Int) = k
object Shop {
  fun open() {}
}
"""
JAVASCRIPT = """class Cart extends Base {
  total(a) { this.sum(a); throw new TypeError("x"); }
  add = (row) => row;
}
const price = async (sku) => lookup(sku);
module.exports.close = function () {};
export default function App() { return <div onClick={() => go()}/>; }
"""
TYPESCRIPT = """@injectable()
class Cart<T> extends Base<T> {
  constructor(private y: number) { super() }
  async total(a: number): Promise<number> { throw new TypeError("x") }
}
export const price = (sku: string): number => lookup(sku);
"""
RUBY = """module Shop
  class Cart < Base
    def total(a, b: 1)
      sum(a)
      raise ArgumentError, "x"
    end
    def self.make; end
  end
end
"""
PHP = """<?php
namespace Shop;
class Cart extends Base {
  public function total(int $a) { $this->sum($a); throw new \\RuntimeException("x"); }
}
function price($sku) { return Money::of($sku); }
"""
C_SHARP = """namespace Shop.Pricing;
public class Cart<T> : Base {
  public Cart(int a) { }
  public async Task<int> Total(int a) { return Sum(a); throw new ArgumentException("x"); }
}
"""
RUST = """impl<T> Cart<T> {
    pub fn total(&self, a: i32) -> i32 { self.sum(a); panic!("x") }
}
mod money { fn price() {} }
struct Row { x: i32 }
"""
CPP = """namespace shop {
class Cart : public Base { int total(int a) { return sum(a); } };
int Cart::price(const char *sku) { throw std::runtime_error("x"); }
}
"""
C = """static int *total(int a, char *b) { return sum(a); }
struct cart { int x; };
"""


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("a.py", PYTHON, ["Cart", "Cart.total", "Cart.total.inner"]),
        ("a.go", GO, ["Cart", "Cart.Total", "Stack.Push", "main"]),
        ("a.java", JAVA, ["Cart", "Cart.total", "Cart.Cart", "Cart.Row", "Cart.Row.price"]),
        ("a.kt", KOTLIN, ["Cart", "Cart.total", "price", "Shop", "Shop.open"]),
        ("a.jsx", JAVASCRIPT, ["Cart", "Cart.total", "Cart.add", "price", "close", "App"]),
        ("a.ts", TYPESCRIPT, ["Cart", "Cart.constructor", "Cart.total", "price"]),
        ("a.tsx", TYPESCRIPT, ["Cart", "Cart.constructor", "Cart.total", "price"]),
        ("a.rb", RUBY, ["Shop", "Shop.Cart", "Shop.Cart.total", "Shop.Cart.make"]),
        ("a.php", PHP, ["Cart", "Cart.total", "price"]),
        ("a.cs", C_SHARP, ["Cart", "Cart.Cart", "Cart.Total"]),
        ("a.rs", RUST, ["Cart.total", "money.price", "Row"]),
        ("a.cpp", CPP, ["Cart", "Cart.total", "Cart.price"]),
        ("a.c", C, ["total", "cart"]),
    ],
)
def test_every_language_names_its_functions_and_classes(path, text, names):
    assert [symbol.qualified_name for symbol in symbols_of(text, path).symbols] == names


@pytest.mark.parametrize(
    ("path", "text", "raised"),
    [
        ("a.py", PYTHON, "ValueError"),
        ("a.java", JAVA, "IllegalStateException"),
        ("a.kt", KOTLIN, "IllegalStateException"),
        ("a.js", JAVASCRIPT, "TypeError"),
        ("a.rb", RUBY, "ArgumentError"),
        ("a.php", PHP, "RuntimeException"),
        ("a.cs", C_SHARP, "ArgumentException"),
        ("a.rs", RUST, "panic"),
        ("a.go", GO, "panic"),
        ("a.cpp", CPP, "runtime_error"),
    ],
)
def test_what_a_function_raises_is_known(path, text, raised):
    assert raised in [what for symbol in symbols_of(text, path).symbols for what, _ in symbol.raises]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_every_query_fits_its_grammar(language):
    assert query(language).pattern_count > 5
    assert language_of(f"some/File{language.endings[0].upper()}") is language


def test_a_python_class_is_known_with_all_that_belongs_to_it():
    file = symbols_of(PYTHON, "shop/cart.py")
    cart, total, inner = file.symbols
    assert (cart.start, cart.end, cart.bases, cart.decorators) == (3, 12, ("Base",), ("table",))
    assert total.parameters == ("self", "first", "rest", "tax", "more") and total.decorators == ("property",)
    assert (total.start, total.line, total.end) == (6, 6, 12)
    assert [name for name, _ in total.calls] == ["ValueError", "sum"] and inner.calls == (("cost", 7),)
    assert file.imports == ((1, "from .money import price as cost"),)
    assert [(site.name, site.receiver) for site in file.sites][-1] == ("sum", "self")


def test_a_line_belongs_to_the_function_that_the_frame_names():
    file = symbols_of(PYTHON, "shop/cart.py")
    assert file.at(7).qualified_name == "Cart.total.inner"
    assert file.at(7, named="total").qualified_name == "Cart.total"
    assert file.at(3) is None and file.within(4).qualified_name == "Cart"


def test_files_for_machines_are_named_and_left_alone():
    assert "minified" in symbols_of("var a=1;" * 2_000, "app.min.js").problem
    assert "2 MB" in symbols_of("x = 1\n" * (MAX_SOURCE // 6 + 1), "data.py").problem
    assert "no grammar" in symbols_of("x", "notes.txt").problem


def test_hostile_sources_end():
    deep = "(" * 50_000 + "def f():\n  pass\n"
    assert symbols_of(deep, "a.py").language == "python"
    wide = "".join(f"def f{n}(): pass\n" for n in range(20_000))
    assert len(symbols_of(wide, "a.py").symbols) == 20_000
    nested = "".join(f"{' ' * n}class C{n}:\n" for n in range(300)) + " " * 300 + "pass\n"
    assert symbols_of(nested, "a.py").symbols[-1].name == "C299"

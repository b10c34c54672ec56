"""Small wrong versions of lines in JavaScript, TypeScript, Java and Go."""

from __future__ import annotations

import pytest

from rootcase.core.proof.syntax_mutants import syntax_mutants

SCRIPT = """export function total(cart, rate) {
  if (cart.items === undefined || !rate) {
    return 0;
  }
  log(cart);
  return (cart.discount ?? 5) * rate + cart?.fee;
}
"""
TYPED = "export const open = (n: number): boolean => n >= 10 && ready(n);\n"
JAVA = """class Cart {
    int total(int n, boolean open) {
        if (open) {
            log(n);
        }
        return n + 1;
    }
}
"""
GO = """package shop

func Total(n int, open bool) int {
	if open && n > 3 {
		log(n)
	}
	return n * 2
}
"""


def words(path: str, text: str, line: int) -> set[tuple[str, str]]:
    return {(m.was, m.becomes) for m in syntax_mutants(path, text, [line], limit=99)}


def test_comparisons_negations_defaults_and_values_of_a_script_change():
    assert {("===", "!=="), ("||", "&&"), ("!", "")} <= words("a.js", SCRIPT, 2)
    assert ("0", "1") in words("a.js", SCRIPT, 3)
    assert ("log(cart)", "void 0") in words("a.mjs", SCRIPT, 5)
    assert {("?? 5", ""), ("*", "/"), ("+", "-"), ("?.", ".")} <= words("a.jsx", SCRIPT, 6)
    assert ("cart.discount", "undefined") not in words("a.js", SCRIPT, 6)


def test_types_are_no_obstacle():
    assert {(">=", ">"), ("&&", "||"), ("10", "11")} <= words("a.ts", TYPED, 1)


@pytest.mark.parametrize(("path", "text"), [("Cart.java", JAVA), ("cart.go", GO)])
def test_where_a_compiler_looks_only_what_it_lets_through_is_changed(path, text):
    found = syntax_mutants(path, text, range(1, 10), limit=99)
    said = {(m.was, m.becomes) for m in found}
    assert ("log(n)", "") in said and not any("undefined" in becomes for _, becomes in said)
    assert (
        {("open", "!(open)"), ("+", "-")} if path == "Cart.java" else {("&&", "||"), (">", ">="), ("*", "/")}
    ) <= said


def test_the_limit_is_spread_over_the_lines_and_what_does_not_parse_is_left_alone():
    found = syntax_mutants("a.js", SCRIPT, [2, 3, 6], limit=3)
    assert {m.line for m in found} == {2, 3, 6}
    assert syntax_mutants("a.js", "if (", [1]) == () and syntax_mutants("a.rs", "fn a() {}", [1]) == ()

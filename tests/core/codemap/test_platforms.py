"""Crashes of eleven platforms, each in its own Sentry shape or as its runtime prints it, end in the right function.

The traces of Node.js and Java are as the runtimes of a small program printed them; the shapes of the SDKs'
frames are those of their documentation (docs.sentry.io, "Stack Trace Interface").
"""

import json

import pytest

from rootcase.core.commands.parser import run

NODE_CART = """'use strict';

const { rateOf } = require('./money');

class Cart {
  constructor(rows) {
    this.rows = rows;
  }

  async total(currency) {
    return this.rows
      .map((row) => row.amount * rateOf(row, currency))
      .reduce((sum, part) => sum + part, 0);
  }
}

module.exports = { Cart };
"""
NODE_MONEY = """'use strict';

const rates = { EUR: { USD: 1.1 } };

function rateOf(row, currency) {
  return rates[row.currency][currency];
}

module.exports = { rateOf };
"""
NODE_TEXT = """/srv/shop/src/money.js:6
  return rates[row.currency][currency];
                            ^

TypeError: Cannot read properties of undefined (reading 'USD')
    at rateOf (/srv/shop/src/money.js:6:29)
    at /srv/shop/src/cart.js:12:34
    at Array.map (<anonymous>)
    at Cart.total (/srv/shop/src/cart.js:12:8)
    at Object.<anonymous> (/srv/shop/src/main.js:3:44)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12)

Node.js v20.20.2
"""
JAVA = """package com.shop;

import java.util.List;

public class Cart {
    private final List<Row> rows;

    public Cart(List<Row> rows) {
        this.rows = rows;
    }

    public int total() {
        return rows.stream().mapToInt(row -> row.price()).sum();
    }

    static class Row {
        private final Integer amount;

        Row(Integer amount) {
            this.amount = amount;
        }

        int price() {
            return amount * 2;
        }
    }

    public static void main(String[] args) {
        try {
            new Cart(List.of(new Row(1), new Row(null))).total();
        } catch (NullPointerException cause) {
            throw new IllegalStateException("no total", cause);
        }
    }
}
"""
JAVA_TEXT = """Exception in thread "main" java.lang.IllegalStateException: no total
\tat com.shop.Cart.main(Cart.java:32)
Caused by: java.lang.NullPointerException: Cannot invoke "java.lang.Integer.intValue()"
\tat com.shop.Cart$Row.price(Cart.java:24)
\tat com.shop.Cart.lambda$total$0(Cart.java:13)
\tat java.base/java.util.stream.ReferencePipeline$4$1.accept(ReferencePipeline.java:214)
\tat java.base/java.util.stream.IntPipeline.sum(IntPipeline.java:473)
\tat com.shop.Cart.total(Cart.java:13)
\tat com.shop.Cart.main(Cart.java:30)
"""
KOTLIN = """package com.shop

data class Row(val amount: Int?)

class Cart(private val rows: List<Row>) {
    fun total(): Int {
        return rows.sumOf { row ->
            row.amount!! * 2
        }
    }
}

fun priceOf(row: Row): Int = checkNotNull(row.amount)
"""
GO = """package cart

type Row struct{ Amount *int }

type Cart struct{ rows []Row }

func (c *Cart) Total() int {
	sum := 0
	each(c.rows, func(row Row) {
		sum += *row.Amount
	})
	return sum
}

func each(rows []Row, do func(Row)) {
	for _, row := range rows {
		do(row)
	}
}
"""
RUBY = """module Shop
  class Cart
    def total
      rows.sum do |row|
        row.fetch(:amount) * 2
      end
    end

    def self.load(id)
      new(id)
    end
  end
end
"""
PHP = """<?php

namespace Shop\\Pricing;

class Cart
{
    public function total(array $rows): int
    {
        return array_sum(array_map(function ($row) {
            return $row->amount() * 2;
        }, $rows));
    }
}
"""
C_SHARP = """using System;

namespace Shop.Pricing
{
    public class Cart
    {
        public async Task<int> Total(List<Row> rows)
        {
            await Task.Yield();
            return rows.Sum(row => row.Amount.Value);
        }
    }
}
"""
RUST = """pub struct Cart {
    rows: Vec<Option<i32>>,
}

impl Cart {
    pub fn total(&self) -> i32 {
        self.rows
            .iter()
            .map(|row| row.unwrap())
            .sum()
    }
}
"""
CPP = """#include "cart.h"

namespace shop {

int Cart::total(const std::vector<Row> &rows) {
  int sum = 0;
  for (const auto &row : rows) {
    sum += *row.amount;
  }
  return sum;
}

}  // namespace shop
"""
TSX = """import { rateOf } from './money';

export const Cart = ({ rows }: Props) => {
  const total = rows.reduce(
    (sum, row) => sum + row.amount.value,
    0,
  );
  return <b>{total}</b>;
};
"""
PYTHON = """class Cart:
    def total(self):
        def price(row):
            return row["amount"] * 2

        return sum(price(row) for row in self.rows)
"""


def told(*frames, platform):
    trace = {"type": "Error", "value": "no amount", "stacktrace": {"frames": list(frames)}}
    return {
        "event_id": "e" * 32,
        "platform": platform,
        "release": "shop@1.0.0",
        "exception": {"values": [trace]},
    }


CASES = {
    "python": (
        {"src/shop/cart.py": PYTHON},
        told(
            {"function": "total", "module": "shop.cart", "filename": "shop/cart.py", "lineno": 6, "in_app": True},
            {"function": "Cart.total.<locals>.price", "module": "shop.cart", "filename": "shop/cart.py",
             "abs_path": "/usr/lib/python3.11/site-packages/shop/cart.py", "lineno": 4, "in_app": False,
             "context_line": '            return row["amount"] * 2'},
            platform="python",
        ),
        [("src/shop/cart.py", "Cart.total", 6), ("src/shop/cart.py", "Cart.total.price", 4)],
    ),
    "node": (
        {"src/cart.js": NODE_CART, "src/money.js": NODE_MONEY},
        told(
            {"function": "Cart.total", "module": "cart", "filename": "/app/src/cart.js", "lineno": 12, "colno": 8},
            {"function": "Array.map", "filename": "<anonymous>"},
            {"function": "?", "module": "cart", "filename": "app:///src/cart.js", "lineno": 12, "colno": 34},
            {"function": "rateOf", "module": "money", "filename": "app:///src/money.js", "lineno": 6, "colno": 29},
            platform="node",
        ),
        [("src/cart.js", "Cart.total", 12), None, ("src/cart.js", "Cart.total", 12), ("src/money.js", "rateOf", 6)],
    ),
    "browser": (
        {"web/src/Cart.tsx": TSX},
        told(
            {"function": "Array.reduce", "filename": "[native code]"},
            {"function": "<anonymous>", "abs_path": "webpack:///src/Cart.tsx", "filename": "./src/Cart.tsx",
             "lineno": 5, "colno": 31, "context_line": "    (sum, row) => sum + row.amount.value,"},
            platform="javascript",
        ),
        [None, ("web/src/Cart.tsx", "Cart", 5)],
    ),
    "java": (
        {"src/main/java/com/shop/Cart.java": JAVA},
        told(
            {"function": "total", "module": "com.shop.Cart", "filename": "Cart.java", "lineno": 13, "in_app": True},
            {"function": "sum", "module": "java.util.stream.IntPipeline", "filename": "IntPipeline.java"},
            {"function": "lambda$total$0", "module": "com.shop.Cart", "filename": "Cart.java", "lineno": 13},
            {"function": "price", "module": "com.shop.Cart$Row", "filename": "Cart.java", "lineno": 24},
            platform="java",
        ),
        [
            ("src/main/java/com/shop/Cart.java", "Cart.total", 13), None,
            ("src/main/java/com/shop/Cart.java", "Cart.total", 13),
            ("src/main/java/com/shop/Cart.java", "Cart.Row.price", 24),
        ],
    ),
    "kotlin": (
        {"app/src/main/kotlin/Cart.kt": KOTLIN},
        told(
            {"function": "total", "module": "com.shop.Cart", "filename": "Cart.kt", "lineno": 8},
            {"function": "priceOf", "module": "com.shop.CartKt", "filename": "Cart.kt", "lineno": 13},
            platform="java",
        ),
        [("app/src/main/kotlin/Cart.kt", "Cart.total", 8), ("app/src/main/kotlin/Cart.kt", "priceOf", 13)],
    ),
    "go": (
        {"cart/cart.go": GO},
        told(
            {"function": "goexit", "module": "runtime", "abs_path": "/usr/local/go/src/runtime/asm_amd64.s"},
            {"function": "each", "module": "github.com/acme/shop/cart", "abs_path": "/app/cart/cart.go", "lineno": 17},
            {"function": "(*Cart).Total.func1", "module": "github.com/acme/shop/cart",
             "abs_path": "/app/cart/cart.go", "lineno": 10, "context_line": "\t\tsum += *row.Amount"},
            platform="go",
        ),
        [None, ("cart/cart.go", "each", 17), ("cart/cart.go", "Cart.Total", 10)],
    ),
    "ruby": (
        {"app/models/shop/cart.rb": RUBY},
        told(
            {"function": "Shop::Cart.load", "filename": "app/models/shop/cart.rb", "lineno": 10},
            {"function": "block in total", "abs_path": "/app/app/models/shop/cart.rb",
             "filename": "app/models/shop/cart.rb", "lineno": 5, "in_app": True},
            platform="ruby",
        ),
        [
            ("app/models/shop/cart.rb", "Shop.Cart.load", 10),
            ("app/models/shop/cart.rb", "Shop.Cart.total", 5),
        ],
    ),
    "php": (
        {"src/Pricing/Cart.php": PHP},
        told(
            {"function": "Shop\\Pricing\\Cart::total", "filename": "/src/Pricing/Cart.php",
             "abs_path": "/var/www/html/src/Pricing/Cart.php", "lineno": 9},
            {"function": "Shop\\Pricing\\{closure}", "filename": "/src/Pricing/Cart.php", "lineno": 10,
             "context_line": "            return $row->amount() * 2;"},
            platform="php",
        ),
        [("src/Pricing/Cart.php", "Cart.total", 9), ("src/Pricing/Cart.php", "Cart.total", 10)],
    ),
    "csharp": (
        {"Server/Pricing/Cart.cs": C_SHARP},
        told(
            {"function": "Total", "module": "Shop.Pricing.Cart", "filename": "Server\\Pricing\\Cart.cs", "lineno": 10},
            {"function": "int Cart.Total(List<Row> rows)+(Row row) => { }", "module": "Shop.Pricing.Cart",
             "abs_path": "D:\\a\\shop\\Server\\Pricing\\Cart.cs", "lineno": 10,
             "context_line": "            return rows.Sum(row => row.Amount.Value);"},
            platform="csharp",
        ),
        [("Server/Pricing/Cart.cs", "Cart.Total", 10), ("Server/Pricing/Cart.cs", "Cart.Total", 10)],
    ),
    "rust": (
        {"src/cart.rs": RUST},
        told(
            {"function": "core::option::unwrap_failed", "filename": "option.rs",
             "abs_path": "/rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/core/src/option.rs", "lineno": 9},
            {"function": "shop::cart::Cart::total::{{closure}}", "filename": "cart.rs", "abs_path": "/app/src/cart.rs",
             "lineno": 9},
            platform="native",
        ),
        [None, ("src/cart.rs", "Cart.total", 9)],
    ),
    "native": (
        {"src/cart.cpp": CPP},
        told(
            {"function": "shop::Cart::total(std::vector<Row> const&)", "filename": "cart.cpp",
             "abs_path": "/build/shop/src/cart.cpp", "lineno": 8, "package": "/usr/bin/shop"},
            platform="native",
        ),
        [("src/cart.cpp", "Cart.total", 8)],
    ),
}  # fmt: skip


@pytest.fixture
def shop(checkout, tmp_path, monkeypatch, capsys):
    """Maps what is told onto a repository whose HEAD has two more lines at the top of every file."""
    monkeypatch.setenv("ROOTCASE_HOME", str(tmp_path / "home"))

    def mapped(files, given):
        checkout.commit("Release", files, tag="v1.0.0")
        checkout.commit("Go on", {path: "\n\n" + text for path, text in files.items()})
        assert (
            run(["explain", "map", given, "--repo", str(checkout.path), "--commit", "v1.0.0", "--json"]) == 0
        )
        return json.loads(capsys.readouterr().out)

    return mapped


@pytest.mark.parametrize("platform", CASES)
def test_a_platforms_own_frames_lead_to_its_functions(shop, tmp_path, platform):
    files, event, expected = CASES[platform]
    given = tmp_path / "event.json"
    given.write_text(json.dumps(event))
    found = shop(files, str(given))
    for frame, wanted in zip(found["frames"], expected, strict=True):
        if wanted is None:
            assert frame["verdict"] == "not ours", frame
        else:
            assert (frame["path"], frame["qualified_name"], frame["line"]) == wanted, frame
            assert (frame["head_path"], frame["head_line"]) == (wanted[0], wanted[2] + 2)
            assert frame["head_status"] == "moved"
            # A function without a name and without source lines can only be guessed.
            sure = ("guessed",) if frame["function"] == "?" else ("confirmed", "probable")
            assert frame["verdict"] in sure, frame
    assert found["functions"][0]["qualified_name"] and found["files"][0]["path"] in files


@pytest.mark.parametrize(
    ("files", "text", "innermost"),
    [
        ({"src/cart.js": NODE_CART, "src/money.js": NODE_MONEY}, NODE_TEXT, ("src/money.js", "rateOf", 6)),
        (
            {"src/main/java/com/shop/Cart.java": JAVA},
            JAVA_TEXT,
            ("src/main/java/com/shop/Cart.java", "Cart.Row.price", 24),
        ),
    ],
    ids=["node", "java"],
)
def test_what_a_runtime_printed_is_mapped_too(shop, tmp_path, files, text, innermost):
    given = tmp_path / "crash.txt"
    given.write_text(text)
    frames = [frame for frame in shop(files, str(given))["frames"] if frame["verdict"] != "not ours"]
    assert (frames[-1]["path"], frames[-1]["qualified_name"], frames[-1]["line"]) == innermost

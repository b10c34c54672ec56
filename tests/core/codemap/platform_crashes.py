"""Crashes of eleven platforms in the carts, each in its own Sentry shape or as its runtime prints it.

The traces of Node.js and Java are as the runtimes of a small program printed them; the shapes of the SDKs'
frames are those of their documentation (docs.sentry.io, "Stack Trace Interface").
"""

from tests.core.codemap.carts import (
    C_SHARP,
    CPP,
    GO,
    JAVA,
    KOTLIN,
    NODE_CART,
    NODE_MONEY,
    PHP,
    PYTHON,
    RUBY,
    RUST,
    TSX,
)

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

"""Situations in the shape of Sentry's API, of many platforms, with contexts in many spellings.

(what happened, event, context, the verdicts that are right, a priority where it matters).
"""

# ruff: noqa: E501

from __future__ import annotations

from typing import Any

N = "2026-03-02T10:00:00Z"
SP = "/usr/lib/python3/site-packages/"
OWN = [("shop/api.py", "post", 10, True), ("shop/basket.py", "merge", 20, True)]


def api(kind: str, value: str, frames: list[tuple[str, str, int, bool]], **more: Any) -> dict[str, Any]:
    """An event as Sentry's API gives it; frames: (path, function, line, in_app)."""
    rows = [
        {"filename": path, "absPath": path if path[:1] == "/" else f"/app/{path}", "function": function, "lineNo": line, "inApp": ours}
        for path, function, line, ours in frames
    ]
    exception = {"type": kind, "value": value, "mechanism": more.pop("mech", None), "stacktrace": {"frames": rows}}
    return {
        "eventID": "f" * 32, "id": "1", "groupID": "77", "dateCreated": N, "platform": more.pop("platform", "python"),
        "tags": more.pop("tags", []), "entries": [{"type": "exception", "data": {"values": [exception]}}], **more,
    }  # fmt: skip


MANY: list[tuple[str, dict[str, Any], Any, str]] = [
("api fix",api("KeyError","'x'",OWN),{"assignee":None,"tickets":[],"pull_requests":[],"deploys":[],"counts":{"2026-03-02T07:00:00Z":1,"2026-03-02T08:00:00Z":3,"2026-03-02T09:00:00Z":9}},"fix"),
("team assignee obj",api("KeyError","'x'",OWN),{"assignee":{"type":"team","name":"Checkout"}},"fix"),
("bot flag",api("KeyError","'x'",OWN),{"assignee":{"name":"Sentry Autoassign","bot":True}},"fix"),
("human w/ me list",api("KeyError","'x'",OWN),{"assignee":"Dana Smith","me":["ari"]},"wait"),
("me full",api("KeyError","'x'",OWN),{"assignee":"Ari","me":"ari"},"fix"),
("jira assigned to me",api("KeyError","'x'",OWN),{"tickets":[{"id":"A-1","assignee":{"name":"ari","me":True},"status":"In Progress"}]},"fix"),
("ticket human other",api("KeyError","'x'",OWN),{"tickets":[{"id":"A-1","by":"dana","state":"open"}],"me":"ari"},"wait"),
("ticket rootcase bot",api("KeyError","'x'",OWN),{"tickets":[{"id":"A-1","by":{"name":"rootcase","bot":True},"state":"open","ours":True}]},"fix"),
("pr merged deployed false",api("KeyError","'x'",OWN,release="1.4"),{"pull_requests":[{"number":5,"state":"merged","merged_at":"2026-03-02T09:30:00Z","author":"dana"}],"deploys":[{"release":"1.4","at":"2026-03-01T00:00:00Z"}]},"wait"),
("pr merged deployed, events later",api("KeyError","'x'",OWN,release="1.5"),{"pull_requests":[{"number":5,"state":"merged","merged_at":"2026-02-20T09:30:00Z","author":"dana"}],"deploys":[{"release":"1.5","at":"2026-02-21T00:00:00Z"}]},"fix"),
("pr merged in release that is deployed",api("KeyError","'x'",OWN,release="1.5"),{"pull_requests":[{"number":5,"state":"merged","release":"1.5","author":"dana"}],"deploys":[{"release":"1.5","at":"2026-02-21T00:00:00Z"}]},"fix"),
("pr merged in release not deployed",api("KeyError","'x'",OWN,release="1.5"),{"pull_requests":[{"number":5,"state":"merged","release":"1.6","author":"dana"}],"deploys":[{"release":"1.5","at":"2026-02-21T00:00:00Z"}]},"wait"),
("pr for other issue",api("KeyError","'x'",OWN),{"short_id":"SHOP-4","pull_requests":[{"number":5,"title":"Fix SHOP-9","state":"open","author":"dana"}]},"fix"),
("archived",api("KeyError","'x'",OWN),{"status":"archived","status_by":{"name":"dana"}},"ignore"),
("won't fix resolution",api("KeyError","'x'",OWN),{"status":"resolved","resolution":"wontfix","status_by":"dana"},"ignore"),
("stripe outage",api("APIConnectionError","Error communicating with Stripe: HTTPSConnectionPool(host='api.stripe.com', port=443): Max retries exceeded",[("shop/pay.py","charge",1,True),("/usr/lib/python3/site-packages/stripe/http_client.py","request",2,False)]),{"counts":[0,0,50,200,300]},"ignore"),
("internal svc by ctx repo",api("ReadTimeout","HTTPConnectionPool(host='orders-api', port=80): Read timed out. (read timeout=2)",OWN),{"repositories":[{"name":"orders","services":["orders-api"]}]},"investigate"),
("internal host full domain",api("ConnectTimeout","https://ledger.corp.acme.io/v1 timed out",OWN),{"internal_hosts":["*.acme.io"]},"investigate"),
("java UnknownHost",api("java.net.UnknownHostException","api.partner.com",[("com/acme/Client.java","call",3,True)],platform="java"),{},"ignore"),
("go refused",api("*net.OpError","dial tcp 52.1.2.3:443: connect: connection refused",[("internal/client.go","Do",3,True)],platform="go"),{},"ignore"),
("node econnreset to external",api("Error","read ECONNRESET https://hooks.partner.io/x",[("src/hook.ts","send",3,True)],platform="node"),{},"ignore"),
("js Failed to fetch",api("TypeError","Failed to fetch",[("src/app.tsx","load",3,True)],platform="javascript"),{"counts":[3,3,3,3]},"ignore"),
("499 tag",api("Exception","upstream",OWN,tags=[{"key":"http.status_code","value":"499"}]),{},"ignore"),
("wordpress scan 404",api("NotFound","404 Not Found",[("/usr/lib/python3/site-packages/werkzeug/routing.py","m",1,False)],request={"url":"https://x.example/wp-admin/setup.php"}),{},"ignore"),
("scanner 500 ours",api("ValueError","bad",OWN,tags=[["user_agent","sqlmap/1.5"]]),{},"fix"),
("handled warning ctx",api("CacheMiss","x",OWN),{"level":"warning","handled":True,"counts":[2,2,2,2,2,2],"users":0},"ignore"),
("handled warning doubling",api("CacheMiss","x",OWN),{"level":"warning","handled":True,"counts":[{"at":"2026-03-02T05:00:00Z","count":10},{"at":"2026-03-02T06:00:00Z","count":20},{"at":"2026-03-02T07:00:00Z","count":40},{"at":"2026-03-02T08:00:00Z","count":80}]},"fix"),
("pg pool",api("OperationalError",'FATAL: remaining connection slots are reserved for non-replication superuser connections',OWN),{},"ticket"),
("django missing col",api("ProgrammingError",'column shop_order.gift does not exist\nLINE 1: SELECT',OWN),{},"ticket"),
("prisma",api("PrismaClientKnownRequestError","The table `public.Gift` does not exist in the current database.",[("src/db.ts","q",1,True)],platform="node"),{},"ticket"),
("env missing js",api("Error","Missing required environment variable: STRIPE_KEY",[("src/cfg.ts","q",1,True)],platform="node"),{},"ticket"),
("oom killed msg",{"event_id":"1","message":"Container shop-api OOMKilled (exit code 137)","level":"error","timestamp":N},{},"ticket"),
("429",api("HTTPError","429 Client Error: Too Many Requests for url: https://api.x.com",OWN),{},"ticket"),
("circuit open",api("CircuitBreakerError","Failures exceeded; circuit breaker is open",OWN),{},"ticket"),
("FK violation is a bug",api("IntegrityError",'insert or update on table "order" violates foreign key constraint "fk_x"',OWN),{},"fix"),
("deadlock",api("OperationalError","deadlock detected",OWN),{},"fix"),
("circular import",api("ImportError","cannot import name 'a' from 'shop.b'",OWN),{},"fix"),
("module not found third",api("ModuleNotFoundError","No module named 'redis'",OWN),{},"ticket"),
("module not found own",api("ModuleNotFoundError","No module named 'shop.newthing'",OWN),{},"fix"),
("file perms",api("PermissionError","[Errno 13] Permission denied: '/var/data/x'",OWN),{},"ticket"),
("recursion",api("RecursionError","maximum recursion depth exceeded",OWN),{},"fix"),
("lib only gem",api("NoMethodError","undefined",[("/usr/local/bundle/gems/rack-2.2.3/lib/rack/x.rb","call",1,True)],platform="ruby"),{},"ticket"),
("lib only py",api("TypeError","x",[("celery/app/trace.py","f",1,False),("kombu/x.py","g",2,False)]),{},"ticket"),
("auth path",api("KeyError","'r'",[("shop/auth/session.py","load",1,True)]),{},"wait"),
("billing js",api("TypeError","x of undefined",[("src/billing/invoice.ts","total",4,True)],platform="node"),{},"wait"),
("perm symbol java",api("NullPointerException","x",[("com/acme/UserService.java","checkPermission",4,True)],platform="java"),{},"wait"),
("billing, owner word entry",api("TypeError","x",[("src/billing/invoice.ts","total",4,True)],platform="node"),{"owners":{"src/billing/**":"olga"},"owner_word":{"by":"olga","text":"go"}},"fix"),
("billing, PR comment by owner",api("TypeError","x",[("src/billing/invoice.ts","total",4,True)],platform="node"),{"owners":["@olga"],"comments":[{"author":"olga","body":"LGTM, approved to fix"}]},"fix"),
("payment assigned me",api("TypeError","x",[("src/payment/api.ts","total",4,True)],platform="node"),{"assignee":{"me":True,"name":"ari"}},"wait"),
("billing path but upstream out",api("ConnectTimeout","https://api.adyen.com timed out",[("src/billing/adyen.py","call",4,True)]),{},"ignore"),
("no frames",api("Exception","boom",[]),{},"investigate"),
("null everything",{"event_id":None,"exception":None,"message":None},{"assignee":None,"counts":None,"slo":None},"investigate"),
("claims str comment",api("KeyError","'x'",OWN),{"comments":["dana: taking this one"]},"wait"),
("slo page",api("KeyError","'x'",OWN),{"slo":{"target":99.9,"window":"30d","requests_per_day":100000},"counts":[0,0,0,10,400,900]},"fix P1"),
("slo burn given",api("KeyError","'x'",OWN),{"slo":{"target":"99.9%","burn_rate":20}},"fix P1"),
("old low",api("KeyError","'x'",OWN),{"first_seen":"2025-10-01T00:00:00Z","counts":[1,0,1,0,1,1],"users":1},"fix P4"),
("feature",{"event_id":"1","message":"Feature request: export to XLSX is not supported yet","level":"info","timestamp":N},{},"ticket ignore"),
("text log",{"text":"2026 ERROR boom\nTraceback (most recent call last):\n  File \"/srv/shop/basket.py\", line 3, in merge\n    x['a']\nKeyError: 'a'","service":"shop"},{},"fix"),
("webhook sig 401",api("AuthenticationError","Invalid API Key provided: sk_live_***",OWN),{},"ticket"),
("gunicorn worker timeout in recv",api("SystemExit","1",[("shop/fx.py","rates",1,True),("/usr/lib/python3.11/socket.py","readinto",700,False),("/usr/lib/python3/site-packages/gunicorn/workers/base.py","handle_abort",200,False)],message="WORKER TIMEOUT"),{},"ticket"),
("double charged",{"event_id":"1","message":"12 customers were charged twice by retry","level":"error","timestamp":N},{},"ticket"),
("stack in test",api("KeyError","'x'",[("tests/payments/test_api.py","test_x",4,True)]),{},"fix"),
("corrupt data",api("ValueError","corrupt record 17 in ledger_rows",[("shop/report.py","f",4,True)]),{},"ticket"),
("ssl expired node",api("Error","certificate has expired (CERT_HAS_EXPIRED) https://x.partner.com",[("src/a.ts","f",4,True)],platform="node"),{},"ticket"),
("other team str",api("KeyError","'x'",[("libs/search/rank.py","f",4,True)]),{"owners":{"libs/search/**":"search-team"},"team":"checkout-team"},"ticket"),
("bot PR open",api("KeyError","'x'",OWN),{"pull_requests":[{"number":1,"state":"open","author":{"login":"renovate[bot]","type":"Bot"}}]},"fix"),
("PR rootcase open",api("KeyError","'x'",OWN),{"pull_requests":[{"number":1,"state":"open","ours":True}]},"wait"),
("resolved",api("KeyError","'x'",OWN),{"status":"resolved"},"ignore wait"),
("regressed",api("KeyError","'x'",OWN),{"status":"unresolved","substatus":"regressed","pull_requests":[{"number":3,"state":"merged","author":"dana"}]},"fix"),
')[0])
SP="/usr/lib/python3/site-packages/"
T=[
("s3 endpoint",api("EndpointConnectionError","Could not connect to the endpoint URL: \"https://shots.s3.eu-west-1.amazonaws.com/\"",OWN),{},"ignore"),
("openai 503",api("InternalServerError","Error code: 503 - {'error': {'message': 'overloaded'}}",OWN+[(SP+"openai/_base_client.py","request",3,False)]),{},"ignore"),
("grpc ipv4",api("_InactiveRpcError","failed to connect to all addresses; last error: UNAVAILABLE: ipv4:10.0.0.5:50051: Failed to connect",OWN),{},"investigate"),
("redis refused",api("ConnectionError","Error 111 connecting to redis:6379. Connection refused.",OWN),{},"investigate"),
("pg closed",api("OperationalError","server closed the connection unexpectedly",OWN),{},"investigate"),
("mysql lost",api("OperationalError","(2013, 'Lost connection to MySQL server during query')",OWN),{},"investigate"),
("axios timeout crumb",api("AxiosError","timeout of 5000ms exceeded",[("src/a.ts","f",1,True)],platform="node",),{},"investigate ignore"),
("local pg",api("Error","connect ECONNREFUSED 127.0.0.1:5432",[("src/db.ts","f",1,True)],platform="node"),{},"investigate"),
("lock wait",api("OperationalError","(1205, 'Lock wait timeout exceeded; try restarting transaction')",OWN),{},"fix"),
("statement timeout",api("QueryCanceled","canceling statement due to statement timeout",OWN),{},"fix"),
("upstream 404",api("HTTPError","404 Client Error: Not Found for url: https://api.x.com/v1/a",OWN),{},"fix"),
("unassigned",api("KeyError","'x'",OWN),{"assignee":"unassigned"},"fix"),
("assignee me",api("KeyError","'x'",OWN),{"assignee":"me"},"fix"),
("ticket awaiting qa",api("KeyError","'x'",OWN),{"tickets":[{"key":"A-1","status":"Awaiting QA","assignee":"lena"}]},"wait"),
("ticket cancelled",api("KeyError","'x'",OWN),{"tickets":[{"key":"A-1","status":"Cancelled","assignee":"lena"}]},"fix"),
("pr reverted",api("KeyError","'x'",OWN),{"pull_requests":[{"number":1,"state":"merged","reverted":True,"author":"lena"}]},"fix"),
("deploy staging only",api("KeyError","'x'",OWN,environment="production"),{"environment":"production","pull_requests":[{"number":1,"state":"merged","merged_at":"2026-03-01T00:00:00Z","author":"lena"}],"deploys":[{"release":"2","environment":"staging","at":"2026-03-01T10:00:00Z"}]},"wait"),
("disallowed host plain",api("DisallowedHost","Invalid HTTP_HOST header: '1.2.3.4'",[(SP+"django/http/request.py","get_host",1,False)]),{},"ignore"),
("404 plain, lib only",api("NotFound","404 Not Found: The requested URL was not found",[(SP+"werkzeug/routing.py","m",1,False)]),{},"ignore"),
("permission error ours",api("PermissionDenied","may not refund",[("shop/admin.py","act",1,True)]),{},"fix"),
("npe kotlin",api("java.lang.NullPointerException","x",[("com/acme/cart/Cart.kt","total",3,True)],platform="java"),{},"fix"),
("hikari pool",api("SQLTransientConnectionException","HikariPool-1 - Connection is not available, request timed out after 30000ms.",[("com/acme/Repo.java","q",3,True)],platform="java"),{},"ticket"),
("rails pending",api("ActiveRecord::PendingMigrationError","Migrations are pending.",[("/usr/local/bundle/gems/activerecord-7.0.4/lib/x.rb","check",3,False)],platform="ruby"),{},"ticket"),
("go nil ptr",api("runtime error","invalid memory address or nil pointer dereference",[("internal/cart/total.go","Total",3,True)],platform="go"),{},"fix"),
("rust panic",api("panic","called `Option::unwrap()` on a `None` value",[("src/cart.rs","total",3,True)],platform="rust"),{},"fix"),
("php lib",api("Exception","x",[("/var/www/vendor/guzzlehttp/guzzle/src/Client.php","send",3,False)],platform="php"),{},"ticket"),
("cs oom",api("System.OutOfMemoryException","Insufficient memory: out of memory",[("Cart/Total.cs","Total",3,True)],platform="csharp"),{},"ticket"),
("handled info",api("StockLow","x",OWN),{"level":"info","handled":True},"ignore"),
("handled warn many users",api("StockLow","x",OWN),{"level":"warning","handled":True,"users":900},"fix"),
("unhandled warning",api("KeyError","x",OWN,mech={"type":"wsgi","handled":False}),{"level":"warning"},"fix"),
("human linked PR no author",api("KeyError","'x'",OWN),{"pull_requests":["#12"]},"wait"),
("comment question",api("KeyError","'x'",OWN),{"comments":[{"by":"dana","text":"Is anybody looking into this?"}]},"fix"),
("comment will fix tomorrow",api("KeyError","'x'",OWN),{"comments":[{"by":"dana","text":"I'll fix this tomorrow morning"}]},"wait"),
("comment by me",api("KeyError","'x'",OWN),{"me":"ari","comments":[{"by":"ari","text":"on it"}]},"fix"),
("owner team comment doesn't count",api("KeyError","'x'",[("src/payments/a.py","f",1,True)]),{"owners":["@acme/payments"],"comments":[{"by":"paul","text":"go ahead"}]},"wait"),
("owner comment later no",api("KeyError","'x'",[("src/payments/a.py","f",1,True)]),{"owners":["olga"],"comments":[{"by":"olga","text":"go ahead","at":"2026-03-01T00:00:00Z"},{"by":"olga","text":"hold on, do not touch it","at":"2026-03-02T00:00:00Z"}]},"wait"),
("me is the owner, no word",api("KeyError","'x'",[("src/payments/a.py","f",1,True)]),{"owners":["olga"],"me":"olga"},"wait"),
("author payload",api("KeyError","'x'",[("src/payloads/author.py","decode_payload",1,True)]),{},"fix"),
("slack token expired",api("SlackApiError","The request to the Slack API failed. invalid_auth token_expired",OWN),{},"fix ticket"),
("aws creds",api("NoCredentialsError","Unable to locate credentials",OWN),{},"ticket"),
("kube secret file",api("FileNotFoundError","[Errno 2] No such file or directory: '/run/secrets/db'",OWN),{},"ticket"),
("user upload missing file",api("FileNotFoundError","[Errno 2] No such file or directory: '/tmp/upload_1.png'",OWN),{},"fix"),
("json decode from upstream html",api("JSONDecodeError","Expecting value: line 1 column 1 (char 0)",OWN),{},"fix"),
("assert",api("AssertionError","",OWN),{},"fix"),
("zero div",api("ZeroDivisionError","division by zero",OWN),{"counts":[1,2,4,8,16,32]},"fix"),
("assigned human & resolved regress",api("KeyError","'x'",OWN),{"assignee":"dana","substatus":"regressed"},"wait"),
("status muted by me",api("KeyError","'x'",OWN),{"status":"muted","status_by":{"name":"ari","me":True}},"ignore"),
("minified",api("TypeError","a is null",[("https://x.example/assets/index-4f3a9c1b.js","t",1,True)],platform="javascript"),{},"investigate"),
("react own",api("TypeError","a is null",[("src/Cart.tsx","Cart",12,True)],platform="javascript"),{},"fix"),
("script error",{"event_id":"1","timestamp":N,"platform":"javascript","exception":{"values":[{"type":"Error","value":"Script error."}]}},{},"ignore investigate"),
]

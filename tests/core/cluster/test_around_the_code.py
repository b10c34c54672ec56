"""What is wrong around the code and not in it: an outage, a full disk, a missing setting, keyed by what is wrong."""

import pytest

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.model.events import Breadcrumb, ExceptionInfo
from tests.core.cluster.crashes import crash, frame

F = DefaultFingerprinter()


def test_an_outage_is_one_however_many_call_sites_and_error_types():
    url = "https://api.payfast.example/v1/charge"
    sites = [frame(f"call{n}", f"app/site{n}.py", n + 1, "client.post(url)") for n in range(4)]
    pool = "HTTPSConnectionPool(host='api.payfast.example', port=443): Max retries exceeded"
    library = "/usr/lib/site-packages/httpx/c.py"
    inside = frame(
        "post", "httpx/c.py", 1, "x", in_app=False, abs_path=library, variables=(("url", f"URL('{url}')"),)
    )
    socket = frame("connect", "socket.py", 1, "x", abs_path="/usr/lib/python3.11/socket.py")
    wrapping = frame("charge", "app/pay.py", 9, "raise UpstreamUnavailable(host) from e")
    timed_out = ExceptionInfo("TimeoutError", "timed out", frames=(sites[1], socket))
    request = Breadcrumb(category="httplib", data=(("url", url),))
    events = [
        crash("ConnectTimeout", "timed out", sites[0], inside),
        crash("MaxRetryError", pool, sites[1]),
        crash("ClientConnectorError", "Cannot connect to host api.payfast.example:443 ssl:default", sites[2]),
        crash("ConnectError", "[Errno 111] Connection refused", sites[3], breadcrumbs=(request,)),
        crash("HTTPStatusError", f"Server error '503 Service Unavailable' for url '{url}'", sites[0]),
        crash("UpstreamUnavailable", "api.payfast.example did not answer", wrapping, before=(timed_out,)),
    ]
    marks = [F.event(event) for event in events]
    assert {mark.kind for mark in marks} == {"outage"}
    assert {mark.host for mark in marks} == {"api.payfast.example"}
    assert len({mark.key for mark in marks}) == 1
    other = F.event(crash("ConnectError", "failed: https://rates.fxhub.example/x", sites[0]))
    assert other.key != marks[0].key


def test_slow_endpoints_of_one_host_stay_apart():
    site = frame("call", "app/x.py", 1, "get()")
    slow = [crash("ReadTimeout", f"timed out: https://api.x.example/{path}", site) for path in ("a", "b")]
    assert F.event(slow[0]).key != F.event(slow[1]).key


def test_a_lock_that_times_out_is_no_outage():
    mark = F.event(
        crash("TimeoutError", "", frame("take", "app/lock.py", 3, "await asyncio.wait_for(lock, 5)"))
    )
    assert mark.kind == "exception"


@pytest.mark.parametrize(
    ("kind", "value", "category"),
    [
        ("OSError", "[Errno 28] No space left on device: '/var/x'", "disk full"),
        ("OperationalError", "no such column: orders.currency", "missing column"),
        ("ProgrammingError", 'relation "orders" does not exist\nLINE 1: SELECT', "missing table"),
        ("TimeoutError", "QueuePool limit of size 5 overflow 10 reached", "connection pool exhausted"),
        ("SSLCertVerificationError", "certificate verify failed: certificate has expired", "expired certificate"),
    ],
)  # fmt: skip
def test_trouble_around_the_code_is_keyed_by_what_is_wrong(kind, value, category):
    marks = [F.event(crash(kind, value, frame(f"f{n}", f"app/m{n}.py", n + 1, "go()"))) for n in range(2)]
    assert marks[0].kind == "environment" and marks[0].parts[0] == category
    assert marks[0].key == marks[1].key


def test_a_variable_missing_from_the_environment_is_configuration():
    lookup = frame("__getitem__", "<frozen os>", 679, "", module="os", abs_path="")
    mark = F.event(
        crash("KeyError", "'PAYFAST_KEY'", frame("load", "app/s.py", 3, "os.environ[name]"), lookup)
    )
    assert mark.parts == ("missing configuration", "PAYFAST_KEY")

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from dispatch.geohub import Geohub

PLACES = {"Quay 1": (57.70, 11.96), "Hill 2": (57.72, 11.99), "Mill 3": (57.68, 12.02)}


class Answers(BaseHTTPRequestHandler):
    """A geohub of three addresses, on loopback."""

    def do_GET(self):
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/v2/locate":
            place = PLACES.get(asked["q"])
            body = {"places": [{"lat": place[0], "lon": place[1]}] if place else []}
        elif url.path == "/v2/describe":
            body = {"name": next(name for name, at in PLACES.items() if f"{at[0]:.5f},{at[1]:.5f}" == asked["at"])}
        elif url.path == "/v2/travel":
            body = {"seconds": 600}
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def geohub():
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield Geohub(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()

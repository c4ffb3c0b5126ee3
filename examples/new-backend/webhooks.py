"""The new backend by webhooks, with the standard library alone. The same as webhooks.ts.

    WEBHOOK_SECRET=whsec_... python3 examples/new-backend/webhooks.py [port]
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from desk import Desk

URL = os.environ.get("DRAGOMAN_URL", "http://127.0.0.1:4000/v1")
KEY = os.environ.get("DRAGOMAN_KEY", "dev-backend")
SECRET = base64.b64decode(os.environ.get("WEBHOOK_SECRET", "").removeprefix("whsec_"))
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 5000

desk = Desk(URL, KEY)


def is_genuine(headers, body):
    """Whether the gateway sent it, within the last five minutes."""
    timestamp = headers.get("webhook-timestamp", "")
    if not SECRET or not timestamp.isdigit() or abs(time.time() - int(timestamp)) >= 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    own = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(own.encode(), one.encode()) for one in given)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self._taken(body))
        self.send_header("content-length", "0")
        self.end_headers()

    def _taken(self, body):
        """The status of the answer: only what was done is taken."""
        if not is_genuine(self.headers, body):
            return 401
        try:
            desk.handle(json.loads(body))
        except Exception as error:  # pylint: disable=broad-except
            print(error, file=sys.stderr, flush=True)
            return 500
        return 200

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def stay_on_duty():
    while True:
        time.sleep(20)
        try:
            desk.be_on_duty()
        except Exception as error:  # pylint: disable=broad-except
            print(error, file=sys.stderr, flush=True)


def main():
    while desk.nora_id == "":
        try:
            desk.be_on_duty()
        except Exception:  # pylint: disable=broad-except
            time.sleep(0.5)
    threading.Thread(target=stay_on_duty, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Receiver)
    print(f"is told what happens on port {PORT}", flush=True)
    server.serve_forever()


main()

"""A Swish client of others' makes the calls that this platform makes, against a server on this machine which keeps what it is asked."""

import http.server
import json
import pathlib
import threading
import uuid

import swish
from swish.environment import Environment

given = json.loads(pathlib.Path("tests/gateways/calls.json").read_text())
kept = {}
name = ""
answers = {
    "look": {"id": "x", "status": "CREATED"},
    "look_refund": {"id": "x", "status": "CREATED"},
    "void": {"id": "x", "status": "CANCELLED"},
}


class Keeps(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        headers = {key.lower(): value for key, value in self.headers.items()}
        kept[name] = {"method": self.command, "path": self.path, "headers": headers, "body": body}
        answer = json.dumps(answers.get(name, {})).encode()
        self.send_response(201 if self.command == "PUT" else 200)
        self.send_header("Location", "http://127.0.0.1/x")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PUT = do_PATCH = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeps)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}/swish-cpcapi/api/"
client = swish.SwishClient(Environment("here", base, None), "1234679304", None)
client.session.trust_env = False

# The client makes up its own instruction UUID: here it is given ours.
ids = {"payment": uuid.UUID(given["payment"]), "refund": uuid.UUID(given["refund"])}


def ours(which):
    uuid.uuid4 = lambda: ids[which]
    return ids[which].hex.upper()


notice = "https://shop.example/api/v1/webhooks/swish"
name = "charge"
payment = ours("payment")
client.create_payment(
    amount=100.5, currency="SEK", callback_url=notice, payee_payment_reference=payment, message="Te + kaffe", payer_alias="46701234567"
)
name = "without_payer"
client.create_payment(amount=7.0, currency="SEK", callback_url=notice, payee_payment_reference=payment)
name = "look"
client.get_payment(payment)
name = "void"
client.cancel_payment(payment)
name = "refund"
refund = ours("refund")
client.create_refund(
    original_payment_reference="6D6CD7406ECE4542A80152D909EF9F6B",
    amount=50.0,
    currency="SEK",
    callback_url=notice,
    payer_payment_reference=refund,
)
name = "look_refund"
client.get_refund(refund)
print(json.dumps(kept))

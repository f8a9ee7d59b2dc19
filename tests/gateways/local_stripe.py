"""localstripe on this machine's own address, in memory only: its own start listens to the whole network and writes into /tmp.

It knows no `setup_future_usage`. What Stripe's documents say of it is added: a method is attached to its customer once it has paid."""

import sys

from aiohttp import web
from localstripe import resources, server

methods, intents = resources.PaymentMethod, resources.PaymentIntent
create, on_success = intents._api_create.__func__, intents._on_success
kept = set()


def create_and_keep(cls, setup_future_usage=None, **data):
    if setup_future_usage and "payment_method" in data:
        # Of a name such as pm_card_visa each look makes another method.
        data["payment_method"] = methods._api_retrieve(data["payment_method"]).id
        kept.add(data["payment_method"])
    return create(cls, **data)


def attach_on_success(self):
    if self.customer and self.payment_method in kept:
        methods._api_attach(self.payment_method, customer=self.customer)
    on_success(self)


intents._api_create = classmethod(create_and_keep)
intents._on_success = attach_on_success
type(resources.store).dump_to_disk = lambda self: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=lambda *_: print("ready", flush=True))

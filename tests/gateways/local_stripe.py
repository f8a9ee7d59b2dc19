"""localstripe on this machine's own address, in memory only: its own start listens to the whole network and writes into /tmp."""

import sys

from aiohttp import web
from localstripe import resources, server

type(resources.store).dump_to_disk = lambda self: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=lambda *_: print("ready", flush=True))

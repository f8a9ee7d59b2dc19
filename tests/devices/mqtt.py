"""A device as its developer writes it, with the client of PyPI."""
import json, os, threading, time, urllib.request
from urllib.parse import urlparse
import paho.mqtt.client as mqtt

E = os.environ
device, version = E["DEVICE"], int(E["VERSION"])
address = urlparse(E["ADDRESS"])
own = lambda leaf: f"devices/{device}/{leaf}"


class Device:
    def __init__(self, password=E["PASS"], username=device, clean=False):
        protocol = mqtt.MQTTv5 if version == 5 else mqtt.MQTTv311
        more = {} if version == 5 else {"clean_session": clean}
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "paho", protocol=protocol, transport="websockets",
                                  reconnect_on_failure=False, **more)
        self.client.ws_set_options(path=address.path)
        self.client.username_pw_set(username, password)
        self.client.will_set(own("state/line"), "gone", qos=1, retain=True)
        self.heard, self.connack, self.done = [], None, threading.Event()
        self.client.on_message = lambda c, u, m: self.heard.append(m)
        self.client.on_connect = self.connected
        self.acked, self.granted = set(), None
        self.client.on_publish = lambda c, u, mid, *rest: self.acked.add(mid)
        self.client.on_subscribe = lambda c, u, mid, codes, p: setattr(self, "granted", codes)
        properties = None
        if version == 5:
            properties = mqtt.Properties(mqtt.PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 3600
            self.client.connect(address.hostname, address.port, keepalive=5, clean_start=clean, properties=properties)
        else:
            self.client.connect(address.hostname, address.port, keepalive=5)
        self.client.loop_start()
        assert self.done.wait(20), "no CONNACK"

    def connected(self, client, userdata, flags, reason, properties):
        self.connack = (flags, reason)
        self.done.set()

    def publish(self, leaf, body, qos=1, retain=False):
        text = body if isinstance(body, str) else json.dumps(body)
        sent = self.client.publish(own(leaf), text, qos=qos, retain=retain)
        sent.wait_for_publish(20)
        assert sent.is_published(), leaf

    def subscribe(self, topic):
        self.granted = None
        self.client.subscribe(topic, qos=1)
        return until("SUBACK", lambda: self.granted)

    def message(self, leaf, which=lambda body: True):
        return until(leaf, lambda: next((m for m in list(self.heard) if m.topic == own(leaf) and which(m.payload.decode())), None))


def until(what, ask):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited for {what}")


def command(name):
    request = urllib.request.Request(f"{E['API']}/api/v1/devices/{device}/command", json.dumps({"name": name}).encode(), {
        "authorization": f"Bearer {E['TOKEN']}", "content-type": "application/json", "idempotency-key": f"paho-{name}-{time.time_ns()}"})
    return json.load(urllib.request.urlopen(request))["id"]


for wrong in ({"password": E["FOREIGN_PASS"]}, {"username": E["OTHER"]}):
    refused = Device(**wrong)
    assert refused.connack[1].is_failure, refused.connack

first = Device()
assert not first.connack[1].is_failure, first.connack
assert not first.connack[0].session_present
assert first.subscribe(own("#"))[0].value == 1
assert json.loads(first.message("desired").payload)["config"]["temperature_max"] == 4.0
first.publish("telemetry", {"values": {"temperature": 3.5}}, qos=0)
for seq in range(1, 26):
    first.publish("events", {"seq": seq, "type": "door_opened"})
first.publish("events", {"seq": 7, "type": "door_opened"})
first.message("acked", lambda body: json.loads(body)["upto"] == 25)
given = command("defrost")
came = first.message("commands")
assert json.loads(came.payload)["id"] == given and came.qos == 1
first.publish("ack", {"id": given, "state": "done"})
first.publish("state/light", "on", retain=True)
assert first.subscribe(f"devices/{E['OTHER']}/#")[0].is_failure

# Its line breaks without a word.
first.client.loop_stop()
first.client.socket().close()
waiting = command("identify")
second = Device()
assert second.connack[0].session_present, second.connack
second.message("commands", lambda body: json.loads(body)["id"] == waiting)
second.publish("ack", {"id": waiting, "state": "done"})
second.subscribe(own("state/+"))
second.message("state/line", lambda body: body == "gone")
second.message("state/light", lambda body: body == "on")
time.sleep(11)
assert second.client.is_connected(), "pings are answered"
second.client.disconnect()
print(f"paho-mqtt, version {version}: as it should be")

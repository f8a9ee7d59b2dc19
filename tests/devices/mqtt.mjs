// A device as its developer writes it, with the client of npm: last will, keep-alive, both qualities, retained states, wildcards within its
// own topics, a session that is resumed, and what is refused.
import assert from "node:assert/strict";
import mqtt from "mqtt";

const { ADDRESS, API, TOKEN, DEVICE, OTHER, PASS, FOREIGN_PASS, VERSION } = process.env;
const own = (leaf) => `devices/${DEVICE}/${leaf}`;
const protocolVersion = Number(VERSION);
const options = {
  protocolVersion,
  username: DEVICE,
  password: PASS,
  clientId: "the-fridge",
  keepalive: 5,
  reconnectPeriod: 0,
  clean: false,
  properties: protocolVersion === 5 ? { sessionExpiryInterval: 3600 } : undefined,
};

const once = (emitter, event) => new Promise((resolve) => emitter.once(event, (...values) => resolve(values)));
const connect = async (more = {}) => {
  const client = mqtt.connect(ADDRESS, { ...options, ...more });
  const heard = [];
  client.on("message", (topic, payload, packet) => heard.push({ topic, packet, body: payload.toString() }));
  const failed = Promise.race([once(client, "error"), once(client, "close")]).then(([error]) => {
    throw error ?? new Error("closed");
  });
  failed.catch(() => {});
  const [connack] = await Promise.race([once(client, "connect"), failed]);
  return { client, heard, connack };
};
const until = async (what, ask) => {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = ask();
    if (found) return found;
    assert.ok(Date.now() < end, `waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const command = async (name) => {
  const answer = await fetch(`${API}/api/v1/devices/${DEVICE}/command`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", "idempotency-key": `mqtt-${name}-${Date.now()}` },
    body: JSON.stringify({ name }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).id;
};

// Who is not the device is not let in.
for (const wrong of [{ password: FOREIGN_PASS }, { username: OTHER }, { password: "secret" }]) {
  await assert.rejects(connect(wrong), /not authorized|bad user|refused|Not authorized|Bad User/i);
}

const will = { topic: own("state/line"), payload: "gone", qos: 1, retain: true };
const first = await connect({ will });
assert.equal(first.connack.sessionPresent, false);
const granted = await first.client.subscribeAsync(own("#"), { qos: 1 });
assert.equal(granted[0].qos, 1);
const desired = await until("the configuration", () => first.heard.find(({ topic }) => topic === own("desired")));
assert.equal(JSON.parse(desired.body).config.temperature_max, 4);

// What it measures, and what happened: once each, in order.
await first.client.publishAsync(own("telemetry"), JSON.stringify({ values: { temperature: 3.5 } }), { qos: 0 });
const events = [];
for (let seq = 1; seq <= 20; seq++) {
  events.push(first.client.publishAsync(own("events"), JSON.stringify({ seq, type: "door_opened" }), { qos: 1 }));
}
await Promise.all(events);
// Told again, as a client does that has not heard: no news.
await first.client.publishAsync(own("events"), JSON.stringify({ first: 1, events: [{ type: "door_opened" }] }), { qos: 1 });
const batch = { first: 21, events: Array.from({ length: 5 }, () => ({ type: "door_closed" })) };
await first.client.publishAsync(own("events"), JSON.stringify(batch), { qos: 1 });
await until("the last event to be kept", () => first.heard.some(({ topic, body }) => topic === own("acked") && JSON.parse(body).upto === 25));

// A command arrives, and is acknowledged.
const id = await command("defrost");
const came = await until("the command", () => first.heard.find(({ topic }) => topic === own("commands")));
assert.equal(JSON.parse(came.body).id, id);
assert.equal(came.packet.qos, 1);
await first.client.publishAsync(own("ack"), JSON.stringify({ id, state: "done" }), { qos: 1 });

// A state is kept, and heard by whoever listens.
await first.client.publishAsync(own("state/light"), "on", { qos: 1, retain: true });
await until("its own state", () => first.heard.some(({ topic }) => topic === own("state/light")));
// What is somebody else's.
const foreign = `devices/${OTHER}/#`;
const refused = await first.client.subscribeAsync(foreign, { qos: 1 }).catch((error) => error);
assert.ok(refused instanceof Error || refused[0].qos >= 128, "another device's topics are not heard");

// Its line breaks without a word; a command waits; the session goes on.
first.client.stream.destroy();
await once(first.client, "close");
const waiting = await command("identify");
const second = await connect({ will });
assert.equal(second.connack.sessionPresent, true);
const after = await until("the command that waited", () => second.heard.find(({ topic, body }) => topic === own("commands") && JSON.parse(body).id === waiting));
await second.client.publishAsync(own("ack"), JSON.stringify({ id: JSON.parse(after.body).id, state: "done" }), { qos: 1 });
await second.client.subscribeAsync(own("state/+"), { qos: 1 });
await until("the will", () => second.heard.some(({ topic, body, packet }) => topic === own("state/line") && body === "gone" && packet.retain));
await until("the state", () => second.heard.some(({ topic, body }) => topic === own("state/light") && body === "on"));

// Keep-alive: longer than two of them it is still there.
await new Promise((resolve) => setTimeout(resolve, 11_000));
assert.ok(second.client.connected, "pings are answered");

if (protocolVersion === 5) {
  const error = await second.client.publishAsync(own("nowhere"), "{}", { qos: 1 }).catch((error) => error);
  assert.equal(error?.code, 0x90, "a topic that nobody hears is refused with a reason");
}
// What is not spoken closes the line.
const closed = once(second.client, "close");
second.client.publish(own("telemetry"), "{}", { qos: 2 });
await closed;
second.client.end(true);
first.client.end(true);
console.log(`mqtt of npm, version ${VERSION}: as it should be`);
process.exit(0);

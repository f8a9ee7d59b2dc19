// A fridge over protocol 1 of docs/devices.md: it proves itself, tells what it measured, and does what it is told.

import { createHmac } from "node:crypto";

/** Connects a device and tells `telemetry`; resolves once it is welcome and all of it is sent. `close` ends its line. */
export async function connect(url, { id, key }, telemetry = []) {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/v1/devices/${id}/connect`);
  const say = (frame) => socket.send(JSON.stringify(frame));
  const commands = [];
  let beat;
  await new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error("the hub did not welcome the device within 15 s")), 15_000);
    socket.addEventListener("close", ({ code, reason }) => fail(new Error(`the line of the device was cut: ${code} ${reason}`)));
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === "challenge") {
        const words = `kirana device 1 hello\n${id}\n${frame.nonce}`;
        const proof = createHmac("sha256", Buffer.from(key, "base64url")).update(words).digest("base64url");
        say({ type: "hello", v: 1, proof, firmware: "2.4.1", interval: 60 });
      }
      if (frame.type === "desired") say({ type: "reported", version: frame.version, config: frame.config });
      if (frame.type === "command") {
        commands.push(frame);
        say({ type: "ack", id: frame.id, state: "done" });
      }
      if (frame.type === "error" && frame.fatal) fail(new Error(`the hub says: ${frame.detail}`));
      if (frame.type === "welcome") {
        clearTimeout(late);
        if (frame.desired) say({ type: "reported", version: frame.desired.version, config: frame.desired.config });
        done();
      }
    });
  });
  beat = setInterval(() => say({ type: "heartbeat" }), 25_000);
  beat.unref?.();
  for (const [at, values] of telemetry) {
    say({ type: "telemetry", at: new Date(at).toISOString(), values });
    // The hub hears twenty frames a second, and sixty at once.
    await new Promise((next) => setTimeout(next, 60));
  }
  return {
    commands,
    close: () => {
      clearInterval(beat);
      socket.close();
    },
  };
}

/** A day of a fridge by five minutes: it warms up when its door is open at noon, and cools down again. */
export function day(now, hours = 8) {
  const steps = (hours * 60) / 15;
  return Array.from({ length: steps }, (_, at) => {
    const ago = (steps - at) * 15 * 60_000;
    const rush = Math.exp(-(((at - steps * 0.55) / (steps * 0.09)) ** 2));
    const temperature = 3.2 + 0.5 * Math.sin(at / 2) + 1.2 * rush;
    return [now - ago, { temperature: Number(temperature.toFixed(2)), humidity: Math.round(58 + 9 * rush), door: rush > 0.8 ? 1 : 0 }];
  });
}

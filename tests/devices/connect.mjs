// The three calls, as a program makes them with the client of npm: once with Protocol Buffers and once with JSON.
import assert from "node:assert/strict";
import { create, createFileRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";

const { API, TOKEN, DEVICE, FOREIGN } = process.env;

// docs/devices.proto, as protoc describes it.
const text = (name, number) => ({ name, number, label: "LABEL_OPTIONAL", type: "TYPE_STRING", jsonName: name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()) });
const number = (name, at, type = "TYPE_UINT32") => ({ ...text(name, at), type });
const list = (name, at) => ({ ...text(name, at), label: "LABEL_REPEATED" });
const message = (name, ...field) => ({ name, field });
const method = (name) => ({ name, inputType: `.kirana.devices.v1.${name}Request`, outputType: `.kirana.devices.v1.${name}Response` });
const file = {
  name: "devices.proto",
  package: "kirana.devices.v1",
  syntax: "proto3",
  messageType: [
    message("GetDeviceStatusRequest", text("device_id", 1)),
    message("GetDeviceStatusResponse", text("device_id", 1), text("kind", 2), number("online", 3, "TYPE_BOOL"), text("last_seen", 4), text("firmware", 5), number("waiting_commands", 6), text("status_json", 7)),
    message("SendDeviceCommandRequest", text("device_id", 1), text("name", 2), text("args_json", 3), number("ttl_seconds", 4), text("idempotency_key", 5)),
    message("SendDeviceCommandResponse", text("command_id", 1), text("state", 2)),
    message("ReceiveDeviceDataRequest", text("device_id", 1), text("data_json", 2)),
    message("ReceiveDeviceDataResponse", number("accepted", 1), list("refused", 2)),
  ],
  service: [{ name: "DeviceService", method: ["GetDeviceStatus", "SendDeviceCommand", "ReceiveDeviceData"].map(method) }],
};
const { fromJson } = await import("@bufbuild/protobuf");
const registry = createFileRegistry(fromJson(FileDescriptorSetSchema, { file: [file] }));
const service = registry.getService("kirana.devices.v1.DeviceService");
void [create, fromBinary, toJson];

for (const useBinaryFormat of [true, false]) {
  const transport = createConnectTransport({
    baseUrl: `${API}/api/v1/devices/rpc`,
    httpVersion: "1.1",
    useBinaryFormat,
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${TOKEN}`);
        return next(request);
      },
    ],
  });
  const client = createClient(service, transport);
  const status = await client.getDeviceStatus({ deviceId: DEVICE });
  assert.equal(status.deviceId, DEVICE);
  assert.equal(status.kind, "fridge");
  assert.equal(status.online, true);
  assert.equal(JSON.parse(status.statusJson).protocol, "protocol-1");
  const idempotencyKey = `connect-${useBinaryFormat}-0001`;
  const order = { deviceId: DEVICE, name: "defrost", argsJson: '{"minutes":5}', ttlSeconds: 60, idempotencyKey };
  const sent = await client.sendDeviceCommand(order);
  const again = await client.sendDeviceCommand(order);
  assert.equal(sent.commandId, again.commandId);
  const dataJson = JSON.stringify({ telemetry: { values: { temperature: 2.5 } }, events: [{ type: "door_opened" }, { type: "sale_result" }] });
  const taken = await client.receiveDeviceData({ deviceId: DEVICE, dataJson });
  assert.equal(Number(taken.accepted), 1);
  assert.match(taken.refused[0], /a fridge does not tell this/);
  const code = async (call) => {
    const error = await call.then(() => undefined, (error) => error);
    assert.ok(error instanceof ConnectError, `${error}`);
    return error.code;
  };
  assert.equal(await code(client.getDeviceStatus({ deviceId: FOREIGN })), Code.NotFound);
  assert.equal(await code(client.getDeviceStatus({ deviceId: "what" })), Code.InvalidArgument);
  assert.equal(await code(client.sendDeviceCommand({ deviceId: DEVICE, name: "vend" })), Code.InvalidArgument);
  assert.equal(await code(client.receiveDeviceData({ deviceId: DEVICE, dataJson: "{" })), Code.InvalidArgument);
}
console.log("@connectrpc/connect, both formats: as it should be");

import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Device } from "./data.ts";
import { absorb, askEvery, told } from "./live.ts";

const fridge = {
  id: "f1",
  name: "Fridge 1",
  kind: "fridge",
  status: "active",
  store_id: "s1",
  online: true,
  online_since: "2026-11-27T10:00:00Z",
} as Device;

test("what is told of a device is what is shown, unless it is older", () => {
  const gone = { device_id: "f1", name: "Fridge 1", online: false, at: "2026-11-27T10:05:00Z" };
  expect(told(fridge, gone)).toMatchObject({ online: false, online_since: gone.at });
  expect(told(fridge, { ...gone, at: "2026-11-27T09:00:00Z" })).toEqual(fridge);
  expect(told(fridge, { ...gone, device_id: "f2" })).toBe(fridge);
  const warm = told(fridge, { device_id: "f1", name: "Fridge 1", code: "too_warm", detail: "9.5 °C", at: "2026-11-27T10:05:00Z" });
  expect(warm).toMatchObject({ online: true, last_error: { code: "too_warm", detail: "9.5 °C" } });
});

test("every list that has it is changed in its place", () => {
  const client = new QueryClient();
  const pages = { pages: [{ items: [fridge, { ...fridge, id: "f2" }], next_cursor: null }], pageParams: [undefined] };
  client.setQueryData(["devices", "s1"], pages);
  client.setQueryData(["devices", "all"], pages);
  client.setQueryData(["device", "f1"], fridge);
  absorb(client, "s1", { device_id: "f1", name: "Fridge 1", online: false, at: "2026-11-27T11:00:00Z" });
  for (const key of ["s1", "all"]) {
    const known = client.getQueryData<typeof pages>(["devices", key]);
    expect(known?.pages[0]?.items.map((one) => one.online)).toEqual([false, true]);
  }
  expect(client.getQueryData<Device>(["device", "f1"])?.online).toBe(false);
  expect(askEvery("live")).toBeGreaterThan(askEvery("waiting"));
});

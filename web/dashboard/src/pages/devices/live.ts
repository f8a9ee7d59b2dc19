//! A store's devices as they come and go: told over a socket, and put where the pages look.

import { type DeviceNews, follow } from "@kirana/api";
import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "../../api/index.ts";
import { useTellLine } from "../../live/live.tsx";
import type { Line } from "../../live/sign.ts";
import type { Device } from "./data.ts";

type Pages = InfiniteData<{ items: Device[]; next_cursor?: string | null }>;

/** A device after what was told of it. What is older than what is known of its being there changes nothing. */
export function told(device: Device, news: DeviceNews): Device {
  if (device.id !== news.device_id) return device;
  const changed = { ...device };
  const known = device.online_since ? Date.parse(device.online_since) : 0;
  if (news.online != null && Date.parse(news.at) >= known) {
    changed.online = news.online;
    changed.online_since = news.at;
  }
  if (news.code) changed.last_error = { code: news.code, detail: news.detail ?? null, at: news.at } as never;
  return changed;
}

/** Puts what was told into every list and page that has the device; one that no list has is asked for. */
export function absorb(client: QueryClient, store: string, news: DeviceNews): void {
  let known = false;
  for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: ["devices"] })) {
    if (!pages) continue;
    if (pages.pages.some((page) => page.items.some((one) => one.id === news.device_id))) known = true;
    client.setQueryData<Pages>(key, {
      ...pages,
      pages: pages.pages.map((page) => ({ ...page, items: page.items.map((one) => told(one, news)) })),
    });
  }
  client.setQueryData<Device>(["device", news.device_id], (device) => device && told(device, news));
  for (const key of ["device-status", "device-logs", "device-commands"]) void client.invalidateQueries({ queryKey: [key, news.device_id] });
  if (news.code) void client.invalidateQueries({ queryKey: ["breaches"] });
  if (!known) void client.invalidateQueries({ queryKey: ["devices", store] });
}

/** Follows a store's devices, and has the sign be about them; of all stores at once nobody tells, there the pages ask. */
export function useDeviceLine(store: string | undefined): Line {
  const client = useQueryClient();
  const [line, setLine] = useState<Line>(store ? "connecting" : "polling");
  const wasOpen = useRef(false);
  useEffect(() => {
    wasOpen.current = false;
    if (!store) {
      setLine("polling");
      return;
    }
    return follow(api, {
      path: `/api/v1/stores/${store}/devices/live`,
      message: (message) => {
        if (message.type === "device") absorb(client, store, message.device);
        // The line is open: what happened before it was is asked for.
        else if (wasOpen.current) {
          void client.invalidateQueries({ queryKey: ["devices", store] });
          void client.invalidateQueries({ queryKey: ["device"] });
        }
        wasOpen.current = true;
      },
      state: setLine,
    });
  }, [store, client]);
  useTellLine({ of: "devices", line, says: SAYS });
  return line;
}

/** How often a page asks all the same, in milliseconds: seldom while it is told, and as before while it is not. */
export const askEvery = (line: Line): number => (line === "live" ? 60_000 : 10_000);

/** What the sign says on pages of devices. */
const SAYS: Partial<Record<Line, string>> = {
  live: "Devices that come, go or are in trouble appear here as it happens",
  connecting: "The devices' line is being opened",
  polling: "One store at a time is live; of all stores the list is asked for every ten seconds",
  waiting: "A new line is being opened; meanwhile the list is asked for every ten seconds",
};

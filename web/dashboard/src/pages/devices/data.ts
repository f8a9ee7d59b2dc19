//! What the pages of devices ask.

import { useQuery } from "@tanstack/react-query";
import { http, type Schemas, take } from "../../api/index.ts";
import { usePages } from "../../table/pages.ts";
import { isOver } from "./kinds.ts";

export type Device = Schemas["DeviceView"];
export type Status = Schemas["DeviceStatus"];
export type Breach = Schemas["Breach"];

/** Devices of one store, or of all that one may see; asked again every so many milliseconds, as who is there changes by itself. */
export function useDevices(store?: string, every = 10_000) {
  return usePages(
    ["devices", store ?? "all"],
    (cursor, signal) => take(http.GET("/api/v1/devices", { params: { query: { store_id: store, limit: 100, cursor } }, signal })),
    { refetchInterval: every },
  );
}

const path = (id: string) => ({ params: { path: { id } } });

export function useDevice(id: string, every = 10_000) {
  return useQuery({
    queryKey: ["device", id],
    refetchInterval: every,
    queryFn: () => take(http.GET("/api/v1/devices/{id}", path(id))),
  });
}

/** How it stands and what it measures, as its hub says: nearly live. Readings are told to nobody, they come too often. */
export function useStatus(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["device-status", id],
    refetchInterval: 4000,
    enabled,
    queryFn: () => take(http.GET("/api/v1/devices/{id}/status", path(id))),
  });
}

export function useCommands(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["device-commands", id],
    enabled,
    // While something is on its way its end is waited for.
    refetchInterval: ({ state }) => (state.data?.some((one) => !isOver(one.state)) ? 1500 : 15_000),
    queryFn: () => take(http.GET("/api/v1/devices/{id}/commands", path(id))),
  });
}

export function useLogs(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["device-logs", id],
    refetchInterval: 15_000,
    enabled,
    queryFn: () => take(http.GET("/api/v1/devices/{id}/logs", path(id))),
  });
}

export function useSeries(id: string, metric: string | undefined, hours: number) {
  return useQuery({
    queryKey: ["device-series", id, metric, hours],
    refetchInterval: 60_000,
    enabled: metric !== undefined,
    queryFn: () =>
      take(
        http.GET("/api/v1/devices/{id}/series", {
          params: { path: { id }, query: { metric: metric ?? "", from: new Date(Date.now() - hours * 3_600_000).toISOString() } },
        }),
      ),
  });
}

/** Cold chains that broke and nobody has decided on. */
export function useBreaches(all: boolean, enabled = true) {
  return useQuery({
    queryKey: ["breaches", all],
    refetchInterval: 30_000,
    enabled,
    queryFn: () => take(http.GET("/api/v1/devices/breaches", { params: { query: { all, limit: 100 } } })),
  });
}

//! What is turned on here for whoever looks: the chain decides, by store and for a part of its customers.

import { take } from "@kirana/api";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { http } from "../api.ts";
import { kept } from "../logic/keep.ts";
import { useUser } from "./session.ts";

/** The flags that this app asks about; workers/stores has them with what they do. */
export type Flag = "loyalty-card" | "reviews" | "tips";

const isFlags = (value: unknown): value is Record<string, boolean> => typeof value === "object" && value !== null;

/** What was said last, so that nothing comes and goes while a page opens, and that it is so without a line. */
const last = kept<Record<string, boolean>>("kirana.flags", {}, isFlags);

/** Is it on, here and for whoever looks? What nobody has said anything of yet is. */
export function useFlag(flag: Flag, storeId?: string | null): boolean {
  const user = useUser();
  const { data } = useQuery({
    queryKey: ["flags", user?.id ?? "guest", storeId ?? null],
    staleTime: 30_000,
    retry: false,
    queryFn: async ({ signal }) => {
      const query = storeId ? { store_id: storeId } : {};
      return (await take(http.GET("/api/v1/flags", { params: { query }, signal }))).flags;
    },
  });
  useEffect(() => {
    if (data) last.set((before) => ({ ...before, ...data }));
  }, [data]);
  return (data ?? last.get())[flag] ?? true;
}

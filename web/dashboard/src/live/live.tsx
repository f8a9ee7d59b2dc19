//! The store's live line: every change of its orders goes into the caches that pages read.

import { applied, follow, type LiveMessage, type Order } from "@kirana/api";
import { type InfiniteData, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { api } from "../api/index.ts";
import type { Line, PageLine } from "./sign.ts";

const LineContext = createContext<Line>("polling");
export const useLine = (): Line => useContext(LineContext);

const PageLineContext = createContext<PageLine | undefined>(undefined);
const TellContext = createContext<(line: PageLine | undefined) => void>(() => {});
/** The line that the page follows for itself, where it does. */
export const usePageLine = (): PageLine | undefined => useContext(PageLineContext);

/** Tells the frame of a line that the page follows, as long as one is on the page: one sign is for all lines. */
export function useTellLine({ of, line, says }: PageLine): void {
  const tell = useContext(TellContext);
  useEffect(() => {
    tell({ of, line, says });
    return () => tell(undefined);
  }, [tell, of, line, says]);
}

type Pages = InfiniteData<{ items: Order[]; next_cursor?: string | null }>;

/** Puts a message where pages look: the kitchen's tickets, the lists, the order itself. */
export function absorb(client: QueryClient, store: string, message: LiveMessage): void {
  client.setQueryData<Order[]>(["tickets", store], (known) => applied(known ?? [], message).filter(inKitchen));
  if (message.type !== "changed") return;
  const { order } = message;
  client.setQueryData<Order>(["order", order.id], (known) => (known && known.version > order.version ? known : order));
  void client.invalidateQueries({ queryKey: ["order-more", order.id] });
  let missing = false;
  for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: ["orders", store] })) {
    if (!pages) continue;
    const known = pages.pages.some((page) => page.items.some((one) => one.id === order.id));
    if (!known) missing = true;
    else {
      client.setQueryData<Pages>(key, {
        ...pages,
        pages: pages.pages.map((page) => ({
          ...page,
          items: page.items.map((one) => (one.id === order.id && one.version <= order.version ? order : one)),
        })),
      });
    }
  }
  client.setQueryData<Order[]>(["recent", store], (known) => known && merged(known, order));
  if (missing) void client.invalidateQueries({ queryKey: ["orders", store], refetchType: "active" });
}

/** What the kitchen has to do with. */
export const inKitchen = (order: Order): boolean => ["confirmed", "preparing", "ready"].includes(order.status);

function merged(known: Order[], order: Order): Order[] {
  const at = known.findIndex((one) => one.id === order.id);
  if (at < 0) return [order, ...known];
  return known.map((one, index) => (index === at && one.version <= order.version ? order : one));
}

/** Follows one store; with none, pages ask by themselves now and then. */
export function LiveProvider({ store, children }: { store?: string; children: ReactNode }) {
  const client = useQueryClient();
  const [line, setLine] = useState<Line>(store ? "connecting" : "polling");
  const [pageLine, setPageLine] = useState<PageLine>();
  const [offline, setOffline] = useState(!navigator.onLine);
  const broken = useRef(false);
  useEffect(() => {
    const hear = () => setOffline(!navigator.onLine);
    addEventListener("online", hear);
    addEventListener("offline", hear);
    return () => {
      removeEventListener("online", hear);
      removeEventListener("offline", hear);
    };
  }, []);
  useEffect(() => {
    if (!store) {
      setLine("polling");
      return;
    }
    return follow(api, {
      path: `/api/v1/stores/${store}/kitchen/live`,
      message: (message) => absorb(client, store, message),
      state: (state) => {
        setLine(state);
        if (state === "waiting") broken.current = true;
        // What happened while the line was down is asked for.
        if (state === "live" && broken.current) {
          broken.current = false;
          for (const key of ["orders", "recent"]) void client.invalidateQueries({ queryKey: [key, store] });
          void client.invalidateQueries({ queryKey: ["order"] });
        }
      },
    });
  }, [store, client]);
  return (
    <LineContext.Provider value={offline ? "offline" : line}>
      <TellContext.Provider value={setPageLine}>
        <PageLineContext.Provider value={pageLine}>{children}</PageLineContext.Provider>
      </TellContext.Provider>
    </LineContext.Provider>
  );
}

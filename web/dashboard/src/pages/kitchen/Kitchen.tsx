//! The kitchen's board: full screen, by touch or by key, live. 1 to 9 bump, Shift and a digit recall, S sound, F full screen, Esc leaves.

import type { Order } from "@kirana/api";
import { ActionIcon, Button, Group, SegmentedControl, Text, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowBackUp, IconMaximize, IconVolume, IconVolumeOff, IconX } from "@tabler/icons-react";
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { http, take } from "../../api/index.ts";
import { absorb } from "../../live/live.tsx";
import { LiveSign } from "../../shell/LiveSign.tsx";
import { useTheStore } from "../../shell/stores.tsx";
import { useAddress, useKept } from "../../table/state.ts";
import { failed, said } from "../../ui/action.tsx";
import { Empty, Loading, useNow } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { usePace } from "../orders/data.ts";
import { column, replaced, stepped, tally, type Way } from "./board.ts";
import { chime } from "./chime.ts";
import { TicketCard } from "./TicketCard.tsx";

export function Kitchen() {
  const store = useTheStore();
  const client = useQueryClient();
  const navigate = useNavigate();
  const pace = usePace(5_000);
  const [{ station }, change] = useAddress();
  const [sound, setSound] = useKept("kitchen.sound", true);
  const last = useRef<string | null>(null);
  const now = useNow(1_000);
  const tickets = useQuery({
    queryKey: ["tickets", store.id],
    refetchInterval: pace,
    queryFn: ({ signal }) => take(http.GET("/api/v1/stores/{id}/kitchen/tickets", { params: { path: { id: store.id } }, signal })),
  });
  const settings = useQuery({
    queryKey: ["kitchen-settings", store.id],
    queryFn: () => take(http.GET("/api/v1/stores/{id}/kitchen/settings", { params: { path: { id: store.id } } })),
  });
  const orders = tickets.data ?? [];
  const todo = column(orders, ["confirmed", "preparing"], station);
  const ready = column(orders, ["ready"], station);
  useNewTickets(todo, sound);

  /** Takes a step at once on the board; the answer or the line corrects it, and a refusal takes it back. */
  const step = async (order: Order, way: Way) => {
    const params = { path: { id: store.id, order_id: order.id } };
    const body = station && order.status !== "confirmed" ? { station } : {};
    const path =
      way === "bump"
        ? ("/api/v1/stores/{id}/kitchen/tickets/{order_id}/bump" as const)
        : ("/api/v1/stores/{id}/kitchen/tickets/{order_id}/recall" as const);
    // What was asked for before would put the old ticket back.
    void client.cancelQueries({ queryKey: ["tickets", store.id] });
    put(client, store.id, stepped(order, way, station));
    try {
      const changed = await take(http.POST(path, { params, body }));
      absorb(client, store.id, { type: "changed", event: "", order: changed });
      last.current = way === "bump" ? order.id : null;
    } catch (error) {
      put(client, store.id, order);
      // Whether it was carried out is not known where no answer came.
      void tickets.refetch();
      failed(error);
    }
  };
  const handOver = async (order: Order) => {
    const status = order.fulfilment === "delivery" ? "dispatched" : "collected";
    try {
      const changed = await take(http.PUT("/api/v1/orders/{id}/status", { params: { path: { id: order.id } }, body: { status } }));
      absorb(client, store.id, { type: "changed", event: "", order: changed });
      said(`${order.pickup_number} is handed over`);
    } catch (error) {
      failed(error);
    }
  };
  const undo = () => {
    const order = orders.find((one) => one.id === last.current);
    if (order) void step(order, "recall");
  };
  const shown = [...todo, ...ready];
  const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
  useHotkeys([
    ...digits.map(
      (digit, at) =>
        [digit, () => shown[at] && void (shown[at].status === "ready" ? handOver(shown[at]) : step(shown[at], "bump"))] as [
          string,
          () => void,
        ],
    ),
    ...digits.map((digit, at) => [`shift+${digit}`, () => shown[at] && void step(shown[at], "recall")] as [string, () => void]),
    ["Backspace", undo],
    ["s", () => setSound(!sound)],
    ["f", () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen())],
    ["Escape", () => void navigate({ to: `/${store.id}/orders` })],
  ]);
  useEffect(() => {
    document.title = `Kitchen (${todo.length}) · Kirana`;
  }, [todo.length]);
  const stations = settings.data?.stations ?? [];
  return (
    <div className="kitchen">
      <header className="kitchen-bar">
        <Group gap="md" wrap="nowrap" style={{ minWidth: 0 }}>
          <h1 style={{ fontSize: 20, margin: 0, whiteSpace: "nowrap" }}>Kitchen</h1>
          <Text size="sm" c="dimmed" truncate visibleFrom="sm">
            {store.name}
          </Text>
          <LiveSign />
        </Group>
        <Group gap={6} wrap="nowrap">
          {stations.length > 0 && (
            <SegmentedControl
              size="xs"
              value={station ?? ""}
              onChange={(value) => change({ station: value || undefined })}
              data={[{ value: "", label: "All" }, ...stations.map((one) => ({ value: one.name, label: one.name }))]}
            />
          )}
          <Button size="xs" variant="default" leftSection={<IconArrowBackUp size={15} />} onClick={undo} visibleFrom="sm">
            Undo bump
          </Button>
          <Tooltip label={sound ? "Sound is on (S)" : "Sound is off (S)"}>
            <ActionIcon aria-label={sound ? "Turn the sound off" : "Turn the sound on"} size="lg" onClick={() => setSound(!sound)}>
              {sound ? <IconVolume size={19} /> : <IconVolumeOff size={19} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Full screen (F)">
            <ActionIcon
              aria-label="Full screen"
              size="lg"
              visibleFrom="sm"
              onClick={() => void document.documentElement.requestFullscreen()}
            >
              <IconMaximize size={19} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Leave the board (Esc)">
            <ActionIcon aria-label="Leave the board" size="lg" onClick={() => void navigate({ to: `/${store.id}/orders` })}>
              <IconX size={19} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </header>
      {tickets.error ? (
        <ProblemView error={tickets.error} retry={() => void tickets.refetch()} />
      ) : !tickets.data ? (
        <Loading lines={8} />
      ) : (
        <div className="kitchen-body">
          <section aria-label="To make" className="kitchen-main">
            {todo.length === 0 ? (
              <Empty title="All made">New orders appear here, with a sound.</Empty>
            ) : (
              <div className="tickets">
                {todo.map((order, at) => (
                  <TicketCard
                    key={order.id}
                    order={order}
                    now={now}
                    number={at + 1}
                    station={station}
                    bump={() => void step(order, "bump")}
                    recall={() => void step(order, "recall")}
                  />
                ))}
              </div>
            )}
          </section>
          <aside className="kitchen-side" aria-label="Ready, and what is to be made">
            <h2>Ready</h2>
            {ready.length === 0 && (
              <Text size="sm" c="dimmed">
                Nothing waits to be handed over.
              </Text>
            )}
            {ready.map((order, at) => (
              <div key={order.id} className="readyrow">
                <strong className="num">{order.pickup_number}</strong>
                <Text size="sm" truncate style={{ flex: 1 }}>
                  {order.customer.name}
                </Text>
                <ActionIcon aria-label={`Recall ${order.pickup_number}`} onClick={() => void step(order, "recall")}>
                  <IconArrowBackUp size={17} />
                </ActionIcon>
                <Button
                  size="compact-sm"
                  onClick={() => void handOver(order)}
                  aria-keyshortcuts={todo.length + at < 9 ? String(todo.length + at + 1) : undefined}
                >
                  {order.fulfilment === "delivery" ? "To the rider" : "Handed over"}
                </Button>
              </div>
            ))}
            {todo.length > 1 && (
              <>
                <h2>Still to make</h2>
                {tally(todo, station).map(([name, count]) => (
                  <Group key={name} justify="space-between" wrap="nowrap" py={2}>
                    <Text size="sm" truncate>
                      {name}
                    </Text>
                    <strong className="num">{count}</strong>
                  </Group>
                ))}
              </>
            )}
          </aside>
        </div>
      )}
    </div>
  );
}

/** Puts a ticket on the board in its own place, unless something newer has come meanwhile. */
function put(client: QueryClient, store: string, ticket: Order): void {
  client.setQueryData<Order[]>(["tickets", store], (known) => known && replaced(known, ticket));
}

/** A sound for each ticket that was not there before. */
function useNewTickets(todo: Order[], sound: boolean) {
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    const now = new Set(todo.map((order) => order.id));
    if (known.current && sound && [...now].some((id) => !known.current?.has(id))) chime();
    known.current = now;
  }, [todo, sound]);
}

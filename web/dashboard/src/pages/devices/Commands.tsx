//! What a device is told, and what became of it.

import { Button, Group, Menu, Text, TextInput } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Empty, Loading, Mark, When, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Told } from "./DevicePage.tsx";
import { type Device, useCommands } from "./data.ts";
import { type Order, ordersOf, outcome } from "./kinds.ts";

export function Commands({ device, waiting }: { device: Device; waiting: number }) {
  const user = useUser();
  const query = useCommands(device.id, true);
  const [asking, setAsking] = useState<Order | null>(null);
  const act = useAction(
    ({ order, arg }: { order: Order; arg?: string }) =>
      take(
        http.POST("/api/v1/devices/{id}/command", {
          params: { path: { id: device.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
          body: { name: order.name, args: (order.arg && arg ? { [order.arg.key]: arg } : {}) as never },
        }),
      ),
    {
      done: (_, { order }) => `Told: ${order.label.toLowerCase()}`,
      stale: [
        ["device-commands", device.id],
        ["device-status", device.id],
      ],
      onDone: () => setAsking(null),
    },
  );
  const tell = (order: Order) => {
    if (order.arg) setAsking(order);
    else if (order.ask) confirm(`${order.label}: ${device.name}?`, order.ask, order.label, () => act.mutate({ order }), false);
    else act.mutate({ order });
  };
  const tells = may(user, "POST /devices/{id}/command") && device.status === "active";
  return (
    <Card
      title="Commands"
      aside={
        tells && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="xs" rightSection={<IconChevronDown size={14} />} loading={act.isPending}>
                Tell it to
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {ordersOf(device.kind).map((order) => (
                <Menu.Item key={order.name} onClick={() => tell(order)}>
                  {order.label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )
      }
    >
      {waiting > 0 && (
        <Text size="sm" mb={6}>
          {waiting === 1 ? "One waits" : `${waiting} wait`} until it is there.
        </Text>
      )}
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} compact />
      ) : !query.data ? (
        <Loading lines={3} />
      ) : query.data.length === 0 ? (
        <Empty title="Nothing was told yet" />
      ) : (
        <Scroll most={340} label="Commands, the newest first">
          {query.data.map((one) => {
            const { tone, word } = outcome(one.state);
            return (
              <Group key={one.id} justify="space-between" wrap="nowrap" gap="sm" className="saidrow">
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" fw={550}>
                    {words(one.name)} <Told value={one.args} />
                  </Text>
                  <Text size="xs" c="dimmed" component="div">
                    <When at={one.created_at} />
                    {one.attempts > 1 && `, sent ${one.attempts} times`}
                    {one.error && `: ${one.error}`}
                  </Text>
                  {one.state === "done" && <Told value={one.result} />}
                </div>
                <Mark tone={tone}>{word}</Mark>
              </Group>
            );
          })}
        </Scroll>
      )}
      {asking?.arg && (
        <Ask order={asking} busy={act.isPending} close={() => setAsking(null)} tell={(arg) => act.mutate({ order: asking, arg })} />
      )}
    </Card>
  );
}

function Ask({ order, busy, close, tell }: { order: Order; busy: boolean; close: () => void; tell: (arg: string) => void }) {
  const [text, setText] = useState("");
  return (
    // What went wrong is said as with orders that need no form.
    <FormModal
      title={order.label}
      size="sm"
      close={close}
      action={{ isPending: busy }}
      submit="Tell it"
      disabled={!text.trim()}
      onSubmit={() => tell(text.trim())}
    >
      <TextInput label={order.arg?.label} required value={text} onChange={(event) => setText(event.currentTarget.value)} data-autofocus />
    </FormModal>
  );
}

import type { Order } from "@kirana/api";
import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconArrowBackUp, IconMessage2, IconShoppingBag, IconToolsKitchen2, IconTruckDelivery } from "@tabler/icons-react";
import { format, LOCALE } from "../../api/index.ts";
import { FULFILMENT } from "../orders/data.ts";
import { clock, linesFor, since, toneOf, wanted } from "./board.ts";

const ICONS = { pickup: IconShoppingBag, dine_in: IconToolsKitchen2, delivery: IconTruckDelivery, vending: IconShoppingBag };

interface TicketProps {
  order: Order;
  now: number;
  /** Its place on the board: the key that bumps it. */
  number: number;
  station?: string;
  bump: () => void;
  recall: () => void;
}

export function TicketCard({ order, now, number, station, bump, recall }: TicketProps) {
  const Icon = ICONS[order.fulfilment];
  const making = order.status === "preparing";
  const by = wanted(order);
  return (
    <article
      className="ticket"
      data-tone={toneOf(order, now)}
      data-making={making || undefined}
      data-ticket={order.pickup_number}
      aria-label={`Order ${order.pickup_number}`}
    >
      <header>
        <span className="ticket-number num">{order.pickup_number}</span>
        <span className="ticket-age num">{by ? format.time(by, LOCALE) : clock(now - since(order))}</span>
      </header>
      <Group gap={6} px={14} pt={8} wrap="nowrap">
        <Icon size={16} aria-hidden />
        <Text size="sm" truncate>
          {FULFILMENT[order.fulfilment]}
          {order.table ? ` ${order.table}` : ""}, {order.customer.name}
        </Text>
      </Group>
      <ul>
        {linesFor(order, station).map((line, at) => {
          const left = line.quantity - (line.cancelled ?? 0);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is what it is called by
            <li key={at} data-off={left === 0 || undefined}>
              <strong className="num">{left}</strong>
              <span>
                <b>{line.name}</b>
                {line.modifiers
                  .filter((modifier) => modifier.name !== "None")
                  .map((modifier) => (
                    <small key={modifier.sku}>
                      {modifier.quantity > 1 ? `${modifier.quantity} × ` : ""}
                      {modifier.name}
                    </small>
                  ))}
              </span>
            </li>
          );
        })}
      </ul>
      {order.note && (
        <div className="ticket-note">
          <IconMessage2 size={15} aria-hidden /> {order.note}
        </div>
      )}
      <footer>
        {making && (
          <ActionIcon size={44} variant="default" aria-label={`Recall ${order.pickup_number}`} onClick={recall}>
            <IconArrowBackUp size={20} />
          </ActionIcon>
        )}
        <Button
          fullWidth
          h={44}
          variant={making ? "filled" : "default"}
          onClick={bump}
          aria-keyshortcuts={number < 10 ? String(number) : undefined}
        >
          {making ? "Ready" : "Start"}
          {number < 10 && (
            <kbd className="ticket-key" aria-hidden>
              {number}
            </kbd>
          )}
        </Button>
      </footer>
    </article>
  );
}

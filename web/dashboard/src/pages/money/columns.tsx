//! Columns that the tables of money share.

import { Link } from "@tanstack/react-router";
import { type Money, money } from "../../api/index.ts";
import type { Column } from "../../table/logic.ts";
import { Id, shortId, When, words } from "../../ui/bits.tsx";

/** An amount: sorted by its minor units, written as money. */
export const amountColumn = <R,>(key: string, label: string, of: (row: R) => Money, more: Partial<Column<R>> = {}): Column<R> => ({
  key,
  label,
  value: (row) => of(row).amount,
  text: (row) => money(of(row)),
  render: (row) => money(of(row)),
  right: true,
  ...more,
});

/** What is known of a payment, and of one that was given back. */
interface Moved {
  id: string;
  created_at: string;
  gateway: string;
  order_id: string;
  store_id: string;
}

/** When, by whom, for which order, and the number of it. */
export function columnsOf<R extends Moved>() {
  const created: Column<R> = {
    key: "created",
    label: "When",
    value: (one) => one.created_at,
    render: (one) => <When at={one.created_at} />,
    phone: "title",
  };
  const by: Column<R> = { key: "gateway", label: "By", value: (one) => words(one.gateway) };
  const order: Column<R> = {
    key: "order",
    label: "Order",
    value: (one) => one.order_id,
    render: (one) => (
      <Link className="quiet-link" to={`/${one.store_id}/orders/${one.order_id}`}>
        …{shortId(one.order_id)}
      </Link>
    ),
  };
  const id: Column<R> = { key: "id", label: "Id", value: (one) => one.id, render: (one) => <Id of={one.id} />, extra: true };
  return { created, by, order, id };
}

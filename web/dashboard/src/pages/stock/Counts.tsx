//! Stocktakes: counted by one person, approved by another.

import { newKey } from "@kirana/api";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { http, type Schemas, take } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, When } from "../../ui/bits.tsx";
import { StockPage } from "./data.tsx";

type Count = Schemas["Stocktake"];

export const COUNT: Record<Schemas["StocktakeStatus"], { label: string; tone: "warm" | "good" | "quiet" }> = {
  counting: { label: "Being counted", tone: "warm" },
  approved: { label: "In the books", tone: "good" },
  discarded: { label: "Thrown away", tone: "quiet" },
};

export function Counts() {
  const store = useTheStore();
  const navigate = useNavigate();
  const key = useRef(newKey());
  const counts = useQuery({
    queryKey: ["counts", store.id],
    queryFn: () => take(http.GET("/api/v1/stocktakes", { params: { query: { store_id: store.id } } })),
  });
  const begin = useAction(
    (_: string) =>
      take(http.POST("/api/v1/stocktakes", { params: { header: { "Idempotency-Key": key.current } }, body: { store_id: store.id } })),
    {
      stale: [["counts", store.id]],
      onDone: (count) => {
        key.current = newKey();
        void navigate({ to: `/${store.id}/stock/counts/${count.id}` });
      },
    },
  );
  const columns: Column<Count>[] = [
    {
      key: "opened",
      label: "Begun",
      value: (count) => count.opened_at,
      render: (count) => <When at={count.opened_at} zone={store.time_zone} />,
      phone: "title",
    },
    {
      key: "status",
      label: "State",
      value: (count) => COUNT[count.status].label,
      render: (count) => <Mark tone={COUNT[count.status].tone}>{COUNT[count.status].label}</Mark>,
      phone: "side",
    },
    { key: "by", label: "Counted by", value: (count) => count.counted_by.name },
    { key: "approved", label: "Approved by", value: (count) => count.approved_by?.name ?? null },
    { key: "items", label: "Items", value: (count) => count.lines.length, right: true },
    { key: "off", label: "With a difference", value: (count) => count.lines.filter((line) => line.variance !== 0).length, right: true },
  ];
  return (
    <StockPage
      title="Counts"
      about="What is counted is compared with the books of that very moment. Somebody else than who counted takes the differences into the books."
      actions={
        <Button loading={begin.isPending} onClick={() => begin.mutate("")}>
          Begin a count
        </Button>
      }
    >
      <DataTable
        id="counts"
        label="Stocktakes"
        rows={counts.data}
        rowKey={(count) => count.id}
        columns={columns}
        to={(count) => `/${store.id}/stock/counts/${count.id}`}
        error={counts.error}
        retry={() => void counts.refetch()}
        empty={<Empty title="Never counted">A first count shows how far the books are from the shelves.</Empty>}
      />
    </StockPage>
  );
}

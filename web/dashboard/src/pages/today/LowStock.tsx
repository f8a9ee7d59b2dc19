import { Text, UnstyledButton } from "@mantine/core";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { http, type Schemas, take } from "../../api/index.ts";
import { Empty, Loading, Mark } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";

type Low = Schemas["LowStock"];

/** What is at or under its threshold, in one store or in all of the caller's. */
export function useLowStock(store?: string) {
  return useQuery({
    queryKey: ["low-stock", store ?? "all"],
    refetchInterval: 60_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/inventory/low-stock-alerts", { params: { query: { store_id: store } }, signal })),
  });
}

export function LowStock({ query, open, placed }: { query: UseQueryResult<Low[]>; open: (item: Low) => void; placed?: boolean }) {
  if (query.error) return <ProblemView error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading lines={3} />;
  if (query.data.length === 0) return <Empty title="Nothing is low">Items at or under their threshold are listed here.</Empty>;
  const items = query.data.toSorted((a, b) => a.available / a.low_stock_threshold - b.available / b.low_stock_threshold);
  return (
    <div>
      {items.slice(0, 8).map((item) => (
        <UnstyledButton
          key={`${item.place_id} ${item.sku}`}
          className="liverow"
          w="calc(100% + 16px)"
          style={{ gridTemplateColumns: "minmax(0, 1fr) auto" }}
          onClick={() => open(item)}
        >
          <div style={{ minWidth: 0 }}>
            <Text size="sm" truncate>
              {item.name}
            </Text>
            <Text size="xs" c="dimmed" truncate className="num">
              {placed ? `${item.place}, ` : ""}
              {item.available.toLocaleString()} left, threshold {item.low_stock_threshold.toLocaleString()}
            </Text>
          </div>
          {item.available <= 0 ? <Mark tone="bad">Out</Mark> : <Mark tone="warm">Low</Mark>}
        </UnstyledButton>
      ))}
    </div>
  );
}

//! What customers say of what they bought in a store: read, shown or hidden, and answered.

import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { http, type Schemas, take } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, rowsOf, usePages } from "../../table/pages.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, Page, When } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Modal } from "../../ui/Window.tsx";

type Review = Schemas["Review"];
type Status = Schemas["ReviewStatus"];

const STATUS: Record<Status, { tone: "good" | "warm" | "quiet"; word: string }> = {
  waiting: { tone: "warm", word: "To read" },
  shown: { tone: "good", word: "Shown" },
  hidden: { tone: "quiet", word: "Hidden" },
};

const answer = (store: string, review: Review, status: Status, response?: string) =>
  take(
    http.PUT("/api/v1/stores/{id}/reviews/{review_id}", {
      params: { path: { id: store, review_id: review.id } },
      body: { status, ...(response ? { response } : {}) },
    }),
  );

export function Reviews() {
  const store = useTheStore();
  const [opened, setOpened] = useState<Review | null>(null);
  const query = usePages(["reviews", store.id], (cursor, signal) =>
    take(http.GET("/api/v1/stores/{id}/reviews", { params: { path: { id: store.id }, query: { limit: 50, cursor } }, signal })),
  );
  const rows = rowsOf(query);
  const unread = rows?.filter((one) => one.status === "waiting").length ?? 0;
  const columns: Column<Review>[] = [
    { key: "product", label: "Of", value: (one) => one.product, phone: "title" },
    { key: "stars", label: "Stars", value: (one) => one.rating, render: (one) => <StarsMark rating={one.rating} />, phone: "side" },
    {
      key: "words",
      label: "Words",
      value: (one) => one.words ?? null,
      render: (one) => (
        <Text size="sm" lineClamp={2} maw={420} component="span">
          {one.words ?? "—"}
        </Text>
      ),
    },
    { key: "author", label: "By", value: (one) => one.author },
    {
      key: "status",
      label: "Status",
      value: (one) => STATUS[one.status].word,
      render: (one) => <Mark tone={STATUS[one.status].tone}>{STATUS[one.status].word}</Mark>,
    },
    { key: "answered", label: "Answered", value: (one) => (one.response ? "yes" : "no"), extra: true },
    { key: "at", label: "When", value: (one) => one.created_at, render: (one) => <When at={one.created_at} />, right: true },
  ];
  const filters: Filter<Review>[] = [
    {
      key: "status",
      label: "Status",
      options: Object.entries(STATUS).map(([value, { word }]) => ({ value, label: word })),
      passes: (one, value) => one.status === value,
    },
    {
      key: "stars",
      label: "Stars",
      options: [5, 4, 3, 2, 1].map((stars) => ({ value: String(stars), label: `${stars} stars` })),
      passes: (one, value) => one.rating === Number(value),
    },
  ];
  const bulk = (label: string, status: Status) => ({
    label,
    name: (one: Review) => `${one.product}, ${one.author}`,
    skip: (one: Review) => (one.words ? undefined : "it has no words"),
    run: (one: Review) => answer(store.id, one, status, one.response ?? undefined),
    after: () => void query.refetch(),
  });
  return (
    <Page
      title="Reviews"
      mark={unread > 0 ? <Mark tone="warm">{`${unread} to read`}</Mark> : undefined}
      about="Stars count at once; words are shown once somebody of the store has read them. Only who has bought it can write."
    >
      <DataTable
        id="reviews"
        label="Reviews"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        onOpen={setOpened}
        empty={<Empty title="Nobody has said anything yet">Customers are asked once an order has been handed over.</Empty>}
        bulk={[bulk("Show", "shown"), bulk("Hide", "hidden")]}
      />
      {opened && <Opened review={opened} store={store.id} close={() => setOpened(null)} />}
    </Page>
  );
}

function StarsMark({ rating }: { rating: number }) {
  return (
    <span style={{ whiteSpace: "nowrap" }}>
      <span aria-hidden="true" style={{ color: "var(--warm-ink)", letterSpacing: 1 }}>
        {"★".repeat(rating)}
        <span style={{ opacity: 0.3 }}>{"★".repeat(5 - rating)}</span>
      </span>
      <span className="skip">{rating} of 5 stars</span>
    </span>
  );
}

function Opened({ review, store, close }: { review: Review; store: string; close: () => void }) {
  const [response, setResponse] = useState(review.response ?? "");
  const act = useAction((status: Status) => answer(store, review, status, response.trim() || undefined), {
    done: (_, status) => (status === "shown" ? "Customers see it" : "Nobody sees it; the stars count"),
    stale: [["reviews", store]],
    quiet: true,
    onDone: close,
  });
  return (
    <Modal opened onClose={close} title={review.product}>
      <Stack>
        {act.error && <ProblemView error={act.error} compact />}
        <Group gap="sm">
          <StarsMark rating={review.rating} />
          <Text size="sm" c="dimmed">
            {review.author}, <When at={review.created_at} />
          </Text>
        </Group>
        <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
          {review.words ?? "Stars only."}
        </Text>
        <Textarea
          label="What the store says to it"
          description="Shown below the review"
          autosize
          minRows={2}
          maxLength={1000}
          value={response}
          onChange={(event) => setResponse(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" loading={act.isPending} onClick={() => act.mutate("hidden")}>
            Hide the words
          </Button>
          <Button loading={act.isPending} onClick={() => act.mutate("shown")}>
            Show it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

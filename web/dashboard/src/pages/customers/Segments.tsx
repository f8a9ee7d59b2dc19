//! Segments of customers: who an offer can be for, beside the tiers of loyalty. For who runs the chain.

import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { CustomersPage } from "./CustomersPage.tsx";
import { useSegments } from "./data.ts";
import { isTag, type Segment, tagOf } from "./segments.ts";

const COLUMNS: Column<Segment>[] = [
  { key: "name", label: "Segment", value: (one) => one.name, phone: "title" },
  { key: "description", label: "Who belongs into it", value: (one) => one.description },
  {
    key: "customers",
    label: "Customers",
    value: (one) => one.customers,
    render: (one) => one.customers.toLocaleString(LOCALE),
    right: true,
  },
];

export function Segments() {
  const user = useUser();
  const client = useQueryClient();
  const query = useSegments();
  const [opened, setOpened] = useState<Segment | "new" | null>(null);
  const makes = may(user, "PUT /customer-segments/{name}");
  const ended = () => {
    void query.refetch();
    void client.invalidateQueries({ queryKey: ["customer"] });
  };
  return (
    <CustomersPage
      title="Segments"
      about="Who an offer can be for, beside the tiers of loyalty. Somebody is put into a segment on their own page."
      actions={makes && <Button onClick={() => setOpened("new")}>New segment</Button>}
    >
      <DataTable
        id="segments"
        label="Segments"
        rows={query.data}
        rowKey={(one) => one.name}
        columns={COLUMNS}
        sort="name"
        onOpen={makes ? setOpened : undefined}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty title="No segments yet">Students, staff, the press: make one for those whom an offer should be for.</Empty>}
        bulk={
          may(user, "DELETE /customer-segments/{name}")
            ? [
                {
                  label: "Remove",
                  name: (one) => one.name,
                  ask: (rows) =>
                    `Remove ${rows.map((one) => one.name).join(", ")}? Nobody is in ${rows.length === 1 ? "it" : "them"} any more, and offers for ${rows.length === 1 ? "it" : "them"} are for nobody.`,
                  run: (one) => http.DELETE("/api/v1/customer-segments/{name}", { params: { path: { name: one.name } } }),
                  after: ended,
                },
              ]
            : undefined
        }
      />
      {opened && (
        <SegmentForm
          segment={opened === "new" ? undefined : opened}
          known={query.data?.map((one) => one.name) ?? []}
          close={() => setOpened(null)}
        />
      )}
    </CustomersPage>
  );
}

function SegmentForm({ segment, known, close }: { segment: Segment | undefined; known: string[]; close: () => void }) {
  const [name, setName] = useState(segment?.name ?? "");
  const [description, setDescription] = useState(segment?.description ?? "");
  const act = useAction(
    (body: Schemas["SegmentDetails"]) => take(http.PUT("/api/v1/customer-segments/{name}", { params: { path: { name } }, body })),
    { done: segment ? "Kept" : `${name} is made: nobody is in it yet`, stale: [["segments"]], quiet: true, onDone: close },
  );
  // A segment of the same name would be described anew.
  const wrong =
    segment || !name
      ? undefined
      : known.includes(name)
        ? "There is one of this name"
        : isTag(name)
          ? undefined
          : "A letter, then small letters, digits and hyphens";
  return (
    <FormModal
      title={segment ? segment.name : "New segment"}
      close={close}
      action={act}
      submit={segment ? "Keep" : "Make it"}
      disabled={!name || Boolean(wrong) || !description.trim()}
      onSubmit={() => act.mutate({ description: description.trim() })}
    >
      {!segment && (
        <TextInput
          label="Name"
          description="What offers call it; it stays as it is"
          placeholder="students"
          required
          maxLength={40}
          value={name}
          onChange={(event) => setName(tagOf(event.currentTarget.value))}
          error={wrong}
          data-autofocus
        />
      )}
      <TextInput
        label="Who belongs into it"
        placeholder="Who showed a student card"
        required
        maxLength={200}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        data-autofocus={segment ? true : undefined}
      />
    </FormModal>
  );
}

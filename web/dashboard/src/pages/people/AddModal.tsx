//! Gives somebody who has registered a place in a store.

import { SegmentedControl, Select, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { http, type Schemas } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStore, useStores } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { placesToGive } from "./staff.ts";

export function AddModal({ close }: { close: () => void }) {
  const user = useUser();
  const here = useStore();
  const { stores = [] } = useStores();
  const [chosen, setChosen] = useState(here?.id ?? (stores.length === 1 ? stores[0]?.id : undefined));
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<"staff" | "manager">("staff");
  const store = stores.find((one) => one.id === chosen);
  const roles = placesToGive(user);
  const act = useAction(
    (body: Schemas["Assignment"]) => http.POST("/api/v1/stores/{id}/staff", { params: { path: { id: chosen ?? "" } }, body }),
    {
      done: `${email} works in ${store?.name} now; it counts from their next sign-in`,
      stale: [["staff"]],
      quiet: true,
      onDone: close,
    },
  );
  return (
    <FormModal
      title="Add somebody"
      close={close}
      action={act}
      submit="Add"
      disabled={!email || !store}
      onSubmit={() => act.mutate({ email, role })}
    >
      <TextInput
        label="E-mail address"
        description="The one they registered with"
        type="email"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        data-autofocus
      />
      {!here && (
        <Select
          label="In"
          searchable
          required
          placeholder="Store"
          data={stores.map((one) => ({ value: one.id, label: one.name }))}
          value={chosen ?? null}
          onChange={(value) => setChosen(value ?? undefined)}
          allowDeselect={false}
        />
      )}
      <div>
        {roles.length > 1 && (
          <>
            <Text size="sm" fw={500} mb={4}>
              As
            </Text>
            <SegmentedControl
              fullWidth
              value={role}
              onChange={(value) => setRole(value as typeof role)}
              data={roles.map((value) => ({ value, label: words(value) }))}
            />
          </>
        )}
        <Text size="xs" c="dimmed" mt={6}>
          {role === "staff"
            ? "Kitchen, orders, receiving and counting goods."
            : "All of that, and money given back, prices, people, purchase orders, figures."}
        </Text>
      </div>
    </FormModal>
  );
}

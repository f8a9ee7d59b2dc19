//! Invites somebody: a letter goes to them, and what they accept is what is said here.

import { MultiSelect, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { all, http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStore, useStores } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { inStores } from "./rights.ts";
import { rolesToInvite } from "./staff.ts";

export function InviteModal({ close }: { close: () => void }) {
  const user = useUser();
  const here = useStore();
  const { stores = [] } = useStores();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Schemas["Role"]>("staff");
  const first = here?.id ?? (stores.length === 1 ? stores[0]?.id : undefined);
  const [places, setPlaces] = useState<string[]>(first ? [first] : []);
  const [franchise, setFranchise] = useState(here?.franchisee_id);
  const works = inStores([role]);
  const roles = rolesToInvite(user);
  const franchisees = useQuery({
    queryKey: ["franchisees"],
    enabled: role === "owner",
    queryFn: () => all((cursor) => take(http.GET("/api/v1/franchisees", { params: { query: { limit: 100, cursor } } }))),
  });
  const act = useAction((body: Schemas["NewInvitation"]) => take(http.POST("/api/v1/invitations", { body })), {
    done: `A letter is on its way to ${email}`,
    stale: [["invitations"]],
    quiet: true,
    onDone: close,
  });
  const missing = !name || !email || (works && places.length === 0) || (role === "owner" && !franchise);
  return (
    <FormModal
      title="Invite somebody"
      close={close}
      action={act}
      submit="Send the letter"
      disabled={missing}
      onSubmit={() =>
        act.mutate({
          name,
          email,
          roles: [role],
          ...(works ? { stores: places } : {}),
          ...(role === "owner" ? { franchisee_id: franchise } : {}),
        })
      }
    >
      <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <TextInput label="E-mail address" type="email" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      {roles.length > 1 && (
        <Select
          label="As"
          data={roles.map((value) => ({ value, label: words(value) }))}
          value={role}
          onChange={(value) => setRole((value ?? "staff") as Schemas["Role"])}
          allowDeselect={false}
        />
      )}
      {works && (
        <MultiSelect
          label="In"
          required
          placeholder={places.length === 0 ? "Stores" : undefined}
          data={stores.map((one) => ({ value: one.id, label: one.name }))}
          value={places}
          onChange={setPlaces}
        />
      )}
      {role === "owner" && (
        <Select
          label="Of the franchise"
          required
          data={franchisees.data?.map((one) => ({ value: one.id, label: one.name })) ?? []}
          value={franchise ?? null}
          onChange={(value) => setFranchise(value ?? undefined)}
          allowDeselect={false}
        />
      )}
    </FormModal>
  );
}

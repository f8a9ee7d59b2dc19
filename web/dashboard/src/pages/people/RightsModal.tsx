//! What somebody is to the chain, changed: for its admins, with a fresh proof.

import { MultiSelect, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http, type Schemas, take } from "../../api/index.ts";
import { useStore, useStores } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { Loading, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { GIVEN, inStores, lacking, rightsOf } from "./rights.ts";

interface RightsProps {
  id: string;
  name: string;
  close: () => void;
}

export function RightsModal({ id, name, close }: RightsProps) {
  const query = useQuery({
    queryKey: ["user", id],
    // What somebody else has changed meanwhile would be undone.
    staleTime: 0,
    gcTime: 0,
    queryFn: () => take(http.GET("/api/v1/users/{id}", { params: { path: { id } } })),
  });
  if (query.data) return <Form user={query.data} close={close} />;
  return (
    <FormModal title={name} close={close} action={{ error: query.error, isPending: false }} submit="Change" disabled onSubmit={() => {}}>
      {!query.error && <Loading lines={3} />}
    </FormModal>
  );
}

function Form({ user, close }: { user: Schemas["User"]; close: () => void }) {
  const store = useStore();
  const { stores = [] } = useStores();
  const [roles, setRoles] = useState<string[]>(user.roles.filter((role) => GIVEN.includes(role)));
  const [places, setPlaces] = useState(user.stores);
  const body = rightsOf(user, { roles, stores: places, franchisee: user.franchisee_id ?? store?.franchisee_id });
  const wrong = lacking(body);
  const act = useAction(
    (rights: Schemas["Rights"]) => take(http.PUT("/api/v1/users/{id}/rights", { params: { path: { id: user.id } }, body: rights })),
    {
      done: (now) => `${now.name} is ${now.roles.map((role) => words(role).toLowerCase()).join(", ")} now`,
      stale: [["staff"], ["user", user.id]],
      quiet: true,
      onDone: close,
    },
  );
  return (
    <FormModal
      title={user.name}
      close={close}
      action={act}
      submit="Change"
      disabled={wrong !== undefined}
      onSubmit={() => act.mutate(body)}
    >
      <Text size="sm">{user.email}. It counts within a second: what they have open goes on with what they may do then.</Text>
      <MultiSelect
        label="Roles"
        data={GIVEN.map((value) => ({ value, label: words(value) }))}
        value={roles}
        onChange={setRoles}
        error={wrong}
        searchable
      />
      {inStores(roles) && (
        <MultiSelect label="In" data={stores.map((one) => ({ value: one.id, label: one.name }))} value={places} onChange={setPlaces} />
      )}
      {roles.includes("owner") && (
        <Text size="xs" c="dimmed">
          {user.franchisee_id
            ? "The franchise they own stays theirs."
            : store
              ? `They own the franchise of ${store.name}.`
              : "Whose franchise becomes theirs is said from one of its stores."}
        </Text>
      )}
    </FormModal>
  );
}

//! How the kitchen works: stations, hands, and how many orders a slot takes.

import { ActionIcon, Button, Group, MultiSelect, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { Card, Facts, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { useMenu } from "../menu/data.tsx";
import { SettingsPage } from "./SettingsPage.tsx";

type Kitchen = Schemas["KitchenSettings"];

export function KitchenSettings() {
  const store = useTheStore();
  const user = useUser();
  const query = useQuery({
    queryKey: ["kitchen-settings", store.id],
    queryFn: () => take(http.GET("/api/v1/stores/{id}/kitchen/settings", { params: { path: { id: store.id } } })),
  });
  return (
    <SettingsPage title="Kitchen" about="What is promised to customers follows from this, and what the board shows at each station.">
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      ) : !query.data ? (
        <Loading />
      ) : may(user, "PUT /stores/{id}/kitchen/settings") ? (
        <KitchenForm key={store.id} settings={query.data} />
      ) : (
        <Card>
          <Facts
            of={[
              ["Made at the same time", query.data.hands],
              ["A slot lasts", `${query.data.slot_minutes} minutes`],
              ["Orders in a slot", query.data.slot_capacity ?? "as many as come"],
              ["Stations", query.data.stations?.map((station) => station.name).join(", ") || "one"],
            ]}
          />
        </Card>
      )}
    </SettingsPage>
  );
}

function KitchenForm({ settings }: { settings: Kitchen }) {
  const store = useTheStore();
  const menu = useMenu(store.id);
  const [hands, setHands] = useState<number | string>(settings.hands ?? 1);
  const [minutes, setMinutes] = useState<number | string>(settings.slot_minutes ?? 15);
  const [capacity, setCapacity] = useState<number | string>(settings.slot_capacity ?? "");
  const [stations, setStations] = useState(settings.stations ?? []);
  const act = useAction(
    (body: Kitchen) => take(http.PUT("/api/v1/stores/{id}/kitchen/settings", { params: { path: { id: store.id } }, body })),
    {
      done: "Kept",
      stale: [["kitchen-settings", store.id]],
      quiet: true,
    },
  );
  const change = (at: number, more: Partial<(typeof stations)[number]>) =>
    setStations(stations.map((one, index) => (index === at ? { ...one, ...more } : one)));
  const products = (menu.data?.products ?? []).map((product) => ({ value: product.id, label: product.name }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({
          hands: Number(hands),
          slot_minutes: Number(minutes),
          slot_capacity: capacity === "" ? null : Number(capacity),
          stations,
        });
      }}
    >
      <Card>
        <Stack>
          {act.error && <ProblemView error={act.error} compact />}
          <Group align="flex-start">
            <NumberInput
              w={200}
              label="Made at the same time"
              description="Pieces, by all hands"
              min={1}
              value={hands}
              onChange={setHands}
            />
            <NumberInput
              w={200}
              label="A slot lasts"
              description="For scheduled pickup"
              suffix=" min"
              min={1}
              value={minutes}
              onChange={setMinutes}
            />
            <NumberInput
              w={200}
              label="Orders in a slot"
              description="Empty: as many as come"
              min={1}
              value={capacity}
              onChange={setCapacity}
            />
          </Group>
          <div>
            <Text size="sm" fw={600}>
              Stations
            </Text>
            <Text size="xs" c="dimmed" mb={8}>
              With more than one, each sees its own lines. What no station makes, the first one does.
            </Text>
            <Stack gap="xs">
              {stations.map((station, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a name changes while one types it
                <Group key={at} align="flex-end" gap="xs">
                  <TextInput
                    w={160}
                    label="Name"
                    value={station.name}
                    onChange={(event) => change(at, { name: event.currentTarget.value })}
                  />
                  <MultiSelect
                    style={{ flex: 1, minWidth: 220 }}
                    searchable
                    label="Makes"
                    data={products}
                    value={station.products}
                    onChange={(made) => change(at, { products: made })}
                  />
                  <ActionIcon
                    size={36}
                    aria-label={`Remove the station ${station.name}`}
                    onClick={() => setStations(stations.filter((_, index) => index !== at))}
                  >
                    <IconTrash size={17} />
                  </ActionIcon>
                </Group>
              ))}
              <Button variant="default" w="fit-content" size="xs" onClick={() => setStations([...stations, { name: "", products: [] }])}>
                Add a station
              </Button>
            </Stack>
          </div>
          <Button type="submit" w="fit-content" loading={act.isPending} disabled={stations.some((station) => !station.name.trim())}>
            Keep
          </Button>
        </Stack>
      </Card>
    </form>
  );
}

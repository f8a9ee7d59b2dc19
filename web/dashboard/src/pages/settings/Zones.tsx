//! Where a store delivers, for what, and from which sum on.

import { Button, Group, SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, money, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Cash, Empty, Facts, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { SettingsPage } from "./SettingsPage.tsx";
import { ZoneForm } from "./ZoneForm.tsx";
import { ZoneSketch } from "./ZoneSketch.tsx";
import { shapeOf, type Zone } from "./zones.ts";

export function Zones() {
  const store = useTheStore();
  const user = useUser();
  const [opened, setOpened] = useState<Zone | "new">();
  const [pointed, setPointed] = useState<string>();
  const query = useQuery({
    queryKey: ["delivery-zones", store.id],
    // Browsers may keep what everybody may read for some seconds: who has just removed a zone would see it again.
    queryFn: () => take(http.GET("/api/v1/stores/{id}/delivery-zones", { params: { path: { id: store.id } }, cache: "no-cache" })),
  });
  const remove = useAction(
    (zone: Zone) => http.DELETE("/api/v1/stores/{id}/delivery-zones/{zone_id}", { params: { path: { id: store.id, zone_id: zone.id } } }),
    { done: (_, zone) => `${zone.name} is removed`, stale: [["delivery-zones", store.id]] },
  );
  const zones = query.data;
  const draws = may(user, "POST /stores/{id}/delivery-zones");
  return (
    <SettingsPage
      title="Delivery zones"
      about="Where orders are brought, for what, and from which sum on. With none, they are brought anywhere for the flat fee; from the first on, nowhere else."
      actions={draws && <Button onClick={() => setOpened("new")}>New zone</Button>}
    >
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      ) : !zones ? (
        <Loading lines={5} />
      ) : zones.length === 0 ? (
        <Card>
          <Empty title="No zones">Orders are brought anywhere, for the flat fee of the page Fees.</Empty>
        </Card>
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Stack gap="md">
            {zones.map((zone) => (
              <section key={zone.id} aria-label={zone.name} onPointerEnter={() => setPointed(zone.name)}>
                <Card
                  title={zone.name}
                  aside={
                    draws && (
                      <Group gap={6}>
                        <Button size="compact-sm" variant="default" onClick={() => setOpened(zone)} aria-label={`Change ${zone.name}`}>
                          Change
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Remove ${zone.name}`}
                          onClick={() =>
                            confirm(
                              `Remove ${zone.name}?`,
                              zones.length === 1
                                ? "It is the last zone: orders are brought anywhere then, for the flat fee."
                                : "Nothing is brought there any more, unless another zone holds it. What was ordered stays as it is.",
                              "Remove",
                              () => remove.mutate(zone),
                            )
                          }
                        >
                          Remove
                        </Button>
                      </Group>
                    )
                  }
                >
                  <Facts
                    of={[
                      ["Reaches", shapeOf(zone)],
                      ["Fee", zone.fee.amount ? <Cash key="fee" value={zone.fee} /> : "free"],
                      ["Orders from", zone.minimum_order ? money(zone.minimum_order) : "any sum"],
                      ["Priority", zone.priority || null],
                    ]}
                  />
                </Card>
              </section>
            ))}
          </Stack>
          <Card>
            <ZoneSketch store={store.position} zones={zones} chosen={pointed} />
          </Card>
        </SimpleGrid>
      )}
      {opened && (
        <ZoneForm
          key={opened === "new" ? "new" : opened.id}
          zone={opened === "new" ? undefined : opened}
          others={(zones ?? []).filter((zone) => opened === "new" || zone.id !== opened.id)}
          close={() => setOpened(undefined)}
        />
      )}
    </SettingsPage>
  );
}

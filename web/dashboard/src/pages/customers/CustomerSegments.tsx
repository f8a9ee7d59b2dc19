//! The segments that one customer is in, and putting them in or out.

import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { Card, Loading, When } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { useSegments, useSegmentsOf } from "./data.ts";

export function CustomerSegments({ customer }: { customer: string }) {
  const user = useUser();
  const puts = may(user, "PUT /customer-segments/{name}/customers/{id}");
  const takes = may(user, "DELETE /customer-segments/{name}/customers/{id}");
  const query = useSegmentsOf(customer);
  const segments = useSegments(puts && may(user, "GET /customer-segments"));
  const [chosen, setChosen] = useState<string | null>(null);
  const stale = [["customer", customer, "segments"], ["segments"]];
  const path = (name: string) => ({ params: { path: { name, id: customer } } });
  const putIn = (name: string) => http.PUT("/api/v1/customer-segments/{name}/customers/{id}", path(name));
  const takeOut = (name: string) => http.DELETE("/api/v1/customer-segments/{name}/customers/{id}", path(name));
  const add = useAction(putIn, {
    done: (_, name) => `In ${name} now`,
    undo: (_, name) => takeOut(name),
    stale,
    onDone: () => setChosen(null),
  });
  const remove = useAction(takeOut, { done: (_, name) => `Out of ${name} now`, undo: (_, name) => putIn(name), stale });
  const others = (segments.data ?? []).filter((one) => !query.data?.some(({ segment }) => segment === one.name));
  return (
    <Card title="Segments">
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} compact />
      ) : !query.data ? (
        <Loading lines={2} />
      ) : (
        <Stack gap="sm">
          {query.data.length === 0 && (
            <Text size="sm" c="dimmed">
              In none.
            </Text>
          )}
          {query.data.map(({ segment, added_at }) => (
            <Group key={segment} justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={600}>
                  {segment}
                </Text>
                <Text size="xs" c="dimmed">
                  <When at={added_at} />
                </Text>
              </div>
              {takes && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Take out of ${segment}`}
                  disabled={remove.isPending}
                  onClick={() => remove.mutate(segment)}
                >
                  Take out
                </Button>
              )}
            </Group>
          ))}
          {puts && others.length > 0 && (
            <Group align="flex-end" gap="sm">
              <Select
                label="Another segment"
                searchable
                style={{ flex: 1 }}
                data={others.map((one) => one.name)}
                value={chosen}
                onChange={setChosen}
              />
              <Button variant="default" loading={add.isPending} disabled={!chosen} onClick={() => chosen && add.mutate(chosen)}>
                Put in
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </Card>
  );
}

//! One customer: how to reach them, what they said they like, and what they may ask of us.

import { isProblem } from "@kirana/api";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { may } from "../../access/index.ts";
import { http, LOCALE, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Empty, Facts, Id, Loading, Mark, Page, When } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { CustomerSegments } from "./CustomerSegments.tsx";

export function CustomerPage() {
  const { customer: id = "" } = useParams({ strict: false });
  const scope = useScope();
  const user = useUser();
  const navigate = useNavigate();
  const path = { params: { path: { id } } };
  const profile = useQuery({ queryKey: ["customer", id], queryFn: () => take(http.GET("/api/v1/users/{id}", path)) });
  const addresses = useQuery({
    queryKey: ["customer", id, "addresses"],
    queryFn: () => take(http.GET("/api/v1/customers/{id}/addresses", path)),
  });
  const tastes = useQuery({
    queryKey: ["customer", id, "preferences"],
    queryFn: () => take(http.GET("/api/v1/customers/{id}/preferences", path)),
  });
  const favourites = useQuery({
    queryKey: ["customer", id, "favourites"],
    queryFn: () => take(http.GET("/api/v1/customers/{id}/favourites", path)),
  });
  const points = useQuery({
    queryKey: ["customer", id, "points"],
    retry: false,
    queryFn: () => take(http.GET("/api/v1/loyalty/customer/{id}", path)),
  });
  const { data: stores = [] } = useStores();
  const signOut = useAction((_: string) => http.DELETE("/api/v1/users/{id}/sessions", path), { done: "Signed out everywhere" });
  const forget = useAction((_: string) => http.DELETE("/api/v1/users/{id}", path), {
    done: "Forgotten: nothing personal is left",
    stale: [["customers"]],
    onDone: () => void navigate({ to: `/${scope}/customers` }),
  });
  if (profile.error) {
    return (
      <Page title="Customer">
        <ProblemView error={profile.error} retry={() => void profile.refetch()} />
      </Page>
    );
  }
  if (!profile.data) {
    return (
      <Page title="Customer">
        <Loading />
      </Page>
    );
  }
  // Tastes may be told to nobody but themselves.
  const hidden = isProblem(favourites.error) && favourites.error.status === 404;
  const person = profile.data;
  const liked = tastes.data;
  const words = [liked?.organic && "organic", liked?.seasonal && "seasonal", liked?.local && "local", ...(liked?.dietary ?? [])].filter(
    Boolean,
  );
  const channels = Object.entries(liked?.channels ?? {}).flatMap(([channel, on]) => (on ? [channel] : []));
  return (
    <Page
      title={person.name}
      mark={person.email_verified ? <Mark tone="good">Address proved</Mark> : <Mark tone="warm">Address not proved</Mark>}
      about={person.email}
      actions={
        <>
          {may(user, "DELETE /users/{id}/sessions") && (
            <Button
              variant="default"
              onClick={() =>
                confirm(
                  `Sign ${person.name} out everywhere?`,
                  "For a lost telephone, or an account that somebody else got into.",
                  "Sign out",
                  () => signOut.mutate(""),
                  false,
                )
              }
            >
              Sign out everywhere
            </Button>
          )}
          {user?.roles.includes("admin") && (
            <Button
              variant="subtle"
              color="chili"
              onClick={() =>
                confirm(
                  `Forget ${person.name}?`,
                  "Name, addresses and tastes are erased everywhere within seconds. Orders stay, without a name. It cannot be taken back.",
                  "Forget them",
                  () => forget.mutate(""),
                )
              }
            >
              Forget
            </Button>
          )}
        </>
      }
    >
      <div className="two">
        <div className="grid">
          <Card title="Addresses">
            <Part query={addresses}>
              {addresses.data?.length === 0 ? (
                <Empty title="No address kept" />
              ) : (
                <Stack gap="sm">
                  {addresses.data?.map(({ id: key, address, is_default }) => (
                    <div key={key}>
                      <Group gap={8}>
                        <Text size="sm" fw={600}>
                          {address.label}
                        </Text>
                        {is_default && <Mark tone="quiet">usual</Mark>}
                      </Group>
                      <Text size="sm" c="dimmed">
                        {[address.recipient, address.street, address.city, address.postal_code, address.country].filter(Boolean).join(", ")}
                      </Text>
                      {address.note && (
                        <Text size="xs" c="dimmed">
                          “{address.note}”
                        </Text>
                      )}
                    </div>
                  ))}
                </Stack>
              )}
            </Part>
          </Card>
          {!hidden && (
            <Card title="Favourites">
              <Part query={favourites}>
                {favourites.data?.length === 0 ? (
                  <Empty title="None" />
                ) : (
                  favourites.data?.map((one) => (
                    <Group key={one.id} justify="space-between">
                      <Text size="sm">
                        {one.kind === "store" ? (stores.find((store) => store.id === one.id)?.name ?? "A store") : "A product"}
                      </Text>
                      <Text size="sm" c="dimmed">
                        <When at={one.added_at} />
                      </Text>
                    </Group>
                  ))
                )}
              </Part>
            </Card>
          )}
        </div>
        <div className="grid">
          <Card title="About them">
            <Facts
              of={[
                ["Telephone", person.phone],
                ["Language", person.locale],
                ["Customer since", new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" }).format(new Date(person.created_at))],
                ["Points", points.data ? points.data.points.toLocaleString(LOCALE) : null],
                ["Id", <Id key="i" of={person.id} />],
              ]}
            />
          </Card>
          {may(user, "GET /users/customers") && <CustomerSegments customer={id} />}
          <Card title="What they agreed to">
            <Part query={tastes}>
              <Facts
                of={[
                  ["Likes", words.length > 0 ? words.join(", ") : "said nothing"],
                  ["May be told by", channels.length > 0 ? channels.join(", ") : "nothing but what an order needs"],
                ]}
              />
            </Part>
          </Card>
        </div>
      </div>
    </Page>
  );
}

function Part({ query, children }: { query: { error: unknown; isPending: boolean; refetch: () => unknown }; children: ReactNode }) {
  if (query.error) return <ProblemView error={query.error} retry={() => void query.refetch()} compact />;
  if (query.isPending) return <Loading lines={2} />;
  return <>{children}</>;
}

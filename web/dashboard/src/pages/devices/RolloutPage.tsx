//! One roll-out: how far it is, what it brings, and the way to stop it.

import { Button, Code } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Facts, Id, Loading, Page, When } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Stat } from "../today/Stat.tsx";
import { KINDS, type Kind } from "./kinds.ts";
import { RolloutState } from "./Rollouts.tsx";
import { progress, whatOf } from "./rollouts.ts";

export function RolloutPage() {
  const { rollout: id = "" } = useParams({ strict: false }) as { rollout?: string };
  const user = useUser();
  const query = useQuery({
    queryKey: ["rollout", id],
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 3000 : false),
    queryFn: () => take(http.GET("/api/v1/devices/rollouts/{id}", { params: { path: { id } } })),
  });
  const halt = useAction(
    (rollout: string) => take(http.POST("/api/v1/devices/rollouts/{id}/halt", { params: { path: { id: rollout } } })),
    {
      done: "Halted",
      stale: [["rollout", id], ["rollouts"]],
    },
  );
  const one = query.data;
  if (!one) {
    return (
      <Page title="Roll-out">{query.error ? <ProblemView error={query.error} retry={() => void query.refetch()} /> : <Loading />}</Page>
    );
  }
  const { all, percent } = progress(one);
  const { plan } = one;
  const stages = plan.stages ?? [100];
  const what = plan.configuration ?? plan.command?.args;
  return (
    <Page
      title={whatOf(one)}
      mark={<RolloutState state={one.state} />}
      about={`For every ${(KINDS[one.kind as Kind] ?? one.kind).toLowerCase()} of it, in ${stages.length} ${stages.length === 1 ? "stage" : "stages"}.`}
      actions={
        one.state === "running" &&
        may(user, "POST /devices/rollouts/{id}/halt") && (
          <Button
            color="chili"
            variant="light"
            loading={halt.isPending}
            onClick={() =>
              confirm(
                `Halt ${whatOf(one)}?`,
                "Those that have it keep it, nobody else gets it. It cannot be resumed: begin another.",
                "Halt",
                () => halt.mutate(one.id),
              )
            }
          >
            Halt
          </Button>
        )
      }
    >
      <div className="stats" style={{ marginBottom: 14 }}>
        <Stat label="Have it" value={one.done} about={`of ${all} devices, ${percent} % are through`} waiting={false} />
        <Stat label="Have not answered" value={one.sent} about={one.sent ? "it waits for them" : "nobody is waited for"} waiting={false} />
        <Stat label="Have not been sent it" value={one.waiting} about={one.waiting ? "later stages" : "all have been"} waiting={false} />
        <Stat label="Failed" value={one.failed} about={`halted above ${plan.tolerance} % of a stage`} waiting={false} />
      </div>
      <div className="two">
        <Card title="What they get">
          {what && Object.keys(what).length > 0 ? (
            <Code block>{JSON.stringify(what, null, 2)}</Code>
          ) : (
            <Code>{plan.firmware ?? plan.command?.name ?? "nothing"}</Code>
          )}
        </Card>
        <Card title="About it">
          <Facts
            of={[
              ["Stages", stages.map((part) => `${part} %`).join(", ")],
              ["Begun by", one.created_by],
              ["Begun", <When key="at" at={one.created_at} />],
              ["Number", <Id key="id" of={one.id} />],
            ]}
          />
        </Card>
      </div>
    </Page>
  );
}

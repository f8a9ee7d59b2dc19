//! What a device said of itself, and who did what to it.

import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { Card, Empty, Loading, Mark, shortId, When, words } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { useLogs } from "./data.ts";

export function Logs({ id }: { id: string }) {
  const query = useLogs(id, true);
  return (
    <Card title="Log">
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} compact />
      ) : !query.data ? (
        <Loading lines={3} />
      ) : query.data.length === 0 ? (
        <Empty title="It has said nothing yet" />
      ) : (
        <Scroll most={300} label="Log, the newest first">
          {query.data.map((line) => (
            <div key={line.id} className="saidrow" style={{ display: "grid", gridTemplateColumns: "74px minmax(0, 1fr) auto", gap: 10 }}>
              <span>
                <Mark tone={line.level === "error" ? "bad" : line.level === "warning" ? "warm" : "quiet"}>{words(line.level)}</Mark>
              </span>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {line.text}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                <When at={line.at} />
              </Text>
            </div>
          ))}
        </Scroll>
      )}
    </Card>
  );
}

/** Ids tell nobody anything here. */
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

export function History({ id }: { id: string }) {
  const user = useUser();
  const enabled = may(user, "GET /devices/{id}/history");
  const query = useQuery({
    queryKey: ["device-history", id],
    enabled,
    queryFn: () => take(http.GET("/api/v1/devices/{id}/history", { params: { path: { id } } })),
  });
  if (!enabled) return null;
  return (
    <Card title="Who did what">
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} compact />
      ) : !query.data ? (
        <Loading lines={3} />
      ) : (
        <Scroll most={320} label="Who did what, the newest first">
          <ol className="timeline">
            {query.data.map((entry) => (
              <li key={entry.id}>
                <Text size="sm" fw={550}>
                  {words(entry.action)}
                </Text>
                <Text size="xs" c="dimmed" component="div" style={{ overflowWrap: "anywhere" }}>
                  <When at={entry.at} /> by{" "}
                  {entry.actor.includes("-") ? `…${shortId(entry.actor.split(":").at(-1) ?? entry.actor)}` : entry.actor}
                  {entry.detail && `: ${entry.detail.replace(UUID, "").trim()}`}
                </Text>
              </li>
            ))}
          </ol>
        </Scroll>
      )}
    </Card>
  );
}

//! That stock follows from the journal: the platform computes it anew, entry by entry, and says whether the books are the same.

import { Alert, Button, List, Text } from "@mantine/core";
import { IconCircleCheck, IconScale } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { format, http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { ProblemView } from "../../ui/problem.tsx";
import { inWords } from "./proof.ts";

/** Asked for when somebody wants to know: it reads the whole journal. */
export function useProof(store: string) {
  return useMutation({
    mutationFn: async () => ({
      at: new Date(),
      found: await take(http.GET("/api/v1/inventory/{store_id}/journal/proof", { params: { path: { store_id: store } } })),
    }),
  });
}

interface ProofProps {
  proof: ReturnType<typeof useProof>;
}

export function ProveButton({ proof }: ProofProps) {
  return (
    <Button variant="default" leftSection={<IconScale size={17} />} loading={proof.isPending} onClick={() => proof.mutate()}>
      Prove the books
    </Button>
  );
}

/** The answer, plainly; nothing until somebody asked. */
export function Proof({ proof }: ProofProps) {
  if (proof.error) return <ProblemView error={proof.error} retry={() => proof.mutate()} />;
  if (!proof.data) return null;
  return <Answer {...proof.data} />;
}

function Answer({ at, found }: { at: Date; found: Schemas["JournalProof"] }) {
  const good = found.differences.length === 0;
  const { title, detail } = inWords(found, (count) => format.number(count, LOCALE));
  return (
    <Alert
      role="status"
      variant="light"
      color={good ? "pandan" : "chili"}
      icon={good ? <IconCircleCheck size={18} /> : undefined}
      title={title}
      mb="md"
    >
      <Text size="sm">
        {detail} Computed at {format.time(at, LOCALE)}.
      </Text>
      {!good && (
        <List size="sm" mt={6}>
          {found.differences.map((difference) => (
            <List.Item key={difference}>{difference}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

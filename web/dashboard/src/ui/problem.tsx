//! What went wrong, in the API's own words, and what to do about it.

import { Problem } from "@kirana/api";
import { Alert, Button, Group, List, Text } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";

/** Conflicts with how things stand rather than with a change: their own words say what comes first. */
const SAID = ["period_not_closed", "period_not_over", "period_overlaps", "period_order", "no_agreement", "not_owed"];

/** What somebody can do about a problem; nothing where its own words say it. */
export function advice(problem: Problem): string | undefined {
  if (problem.isOffline) return "What you see may be old. It goes on by itself once the connection is back.";
  if (problem.code === "second_factor_missing") return "Set one up under “Account and security”, in the menu at your name.";
  if (problem.code === "unauthenticated") return "Sign in again to go on.";
  if (SAID.includes(problem.code)) return undefined;
  if (problem.status === 403) return "Somebody with more rights has to do this.";
  if (problem.status === 404) return "It may have been removed, or belongs to a store that is not yours.";
  if (problem.status === 409) return "It changed meanwhile. Look at it anew, then try again.";
  if (problem.status === 429) return `Wait ${Math.ceil(problem.retryAfter ?? 60)} seconds, then try again.`;
  if (problem.status >= 500) return "Nothing was lost. Try again in a moment.";
  return undefined;
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(-1, "unexpected", "Something unexpected happened", error instanceof Error ? error.message : String(error));
}

interface ProblemProps {
  error: unknown;
  retry?: () => void;
  compact?: boolean;
}

export function ProblemView({ error, retry, compact }: ProblemProps) {
  const problem = asProblem(error);
  const hint = advice(problem);
  const Icon = problem.isOffline ? IconPlugConnectedX : IconAlertTriangle;
  return (
    <Alert
      color={problem.isOffline ? "mango" : "chili"}
      variant="light"
      icon={<Icon size={18} />}
      title={problem.title}
      my={compact ? 0 : "sm"}
      data-problem={problem.code}
    >
      <Text size="sm">{problem.detail}</Text>
      {problem.errors.length > 0 && (
        <List size="sm" mt={6}>
          {problem.errors.map((fault) => (
            <List.Item key={`${fault.path} ${fault.message}`}>
              {fault.path && <code>{fault.path}</code>} {fault.message}
            </List.Item>
          ))}
        </List>
      )}
      {hint && (
        <Text size="sm" mt={4}>
          {hint}
        </Text>
      )}
      {(retry || problem.requestId) && (
        <Group mt="xs" gap="md">
          {retry && (
            <Button size="xs" variant="default" onClick={retry}>
              Try again
            </Button>
          )}
          {problem.requestId && !compact && (
            <Text size="xs" c="dimmed">
              For support: {problem.requestId}
            </Text>
          )}
        </Group>
      )}
    </Alert>
  );
}

//! Something somebody does: with a fresh proof where one is asked for, a word when it is done, and a word when it is not.

import { isProblem } from "@kirana/api";
import { Button, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { proved } from "../auth/proof.tsx";
import { advice, asProblem } from "./problem.tsx";

interface ActionOptions<V, R> {
  /** What is said when it is done. */
  done?: string | ((result: R, input: V) => string);
  /** Takes it back, where that is possible: a button beside the word. */
  undo?: (result: R, input: V) => Promise<unknown>;
  /** Which queries are old then. */
  stale?: QueryKey[];
  onDone?: (result: R, input: V) => void;
  /** The form shows the problem itself. */
  quiet?: boolean;
}

export function useAction<V, R>(work: (input: V) => Promise<R>, options: ActionOptions<V, R> = {}): UseMutationResult<R, Error, V> {
  const client = useQueryClient();
  const refresh = () => Promise.all((options.stale ?? []).map((queryKey) => client.invalidateQueries({ queryKey })));
  return useMutation<R, Error, V>({
    mutationFn: (input) => proved(() => work(input)),
    onSuccess: (result, input) => {
      void refresh();
      const word = typeof options.done === "function" ? options.done(result, input) : options.done;
      if (word) said(word, options.undo && (() => options.undo?.(result, input).then(refresh)));
      options.onDone?.(result, input);
    },
    onError: (error) => {
      if (isProblem(error) && error.status === 409) void refresh();
      if (!options.quiet) failed(error);
    },
  });
}

/** Says that something is done, with a way back where there is one. */
export function said(word: string, undo?: () => Promise<unknown> | undefined): void {
  const id = crypto.randomUUID();
  const back = async () => {
    notifications.hide(id);
    try {
      await undo?.();
      said("Taken back");
    } catch (error) {
      failed(error);
    }
  };
  notifications.show({
    id,
    autoClose: undo ? 8000 : 3500,
    message: (
      <Text size="sm" component="span">
        {word}{" "}
        {undo && (
          <Button size="compact-xs" variant="light" ml="xs" onClick={() => void back()}>
            Undo
          </Button>
        )}
      </Text>
    ),
  });
}

/** Says that something failed, and what to do. */
export function failed(error: unknown): void {
  const problem = asProblem(error);
  if (problem.code === "step_up_required") return;
  const faults = problem.errors.map((fault) => `${fault.path}: ${fault.message}`).join("; ");
  notifications.show({
    color: "chili",
    autoClose: 9000,
    title: problem.title,
    message: [problem.detail, faults, advice(problem)].filter(Boolean).join(" "),
  });
}

/** Asks before what cannot be taken back. */
export function confirm(title: string, body: ReactNode, yes: string, go: () => void, danger = true): void {
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{body}</Text>,
    labels: { confirm: yes, cancel: "Keep it as it is" },
    confirmProps: { color: danger ? "chili" : undefined },
    onConfirm: go,
  });
}

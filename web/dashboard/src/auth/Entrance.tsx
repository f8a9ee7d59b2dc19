//! What everybody sees who is not inside yet: the frame of the page, and a form in it.

import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemView } from "../ui/problem.tsx";

/** The name of the house, what is asked below it, and perhaps a picture beside it. */
export function Entrance({ children, beside }: { children: ReactNode; beside?: ReactNode }) {
  return (
    <main className="signin">
      <section className="signin-form">
        <Group gap={10} mb={28}>
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={34} height={34} />
          <Text fw={700} fz={19}>
            Kirana
          </Text>
        </Group>
        {children}
      </section>
      {beside}
    </main>
  );
}

interface EntranceFormProps {
  title: string;
  about?: ReactNode;
  /** What went wrong with it; null for nothing. */
  error: unknown;
  onSubmit: () => void;
  children: ReactNode;
}

export function EntranceForm({ title, about, error, onSubmit, children }: EntranceFormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <Title order={1} fz={26} mb={about ? 4 : "lg"}>
        {title}
      </Title>
      {about && (
        <Text size="sm" c="dimmed" mb="lg">
          {about}
        </Text>
      )}
      <Stack>
        {error !== null && <ProblemView error={error} compact />}
        {children}
      </Stack>
    </form>
  );
}

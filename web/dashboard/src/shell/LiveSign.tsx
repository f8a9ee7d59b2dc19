//! The one sign of whether what one sees is how it is.

import { Group, Text, Tooltip } from "@mantine/core";
import { useLine, usePageLine } from "../live/live.tsx";
import { signOf } from "../live/sign.ts";

export function LiveSign({ bare }: { bare?: boolean }) {
  const { line, tone, word, more } = signOf(useLine(), usePageLine());
  return (
    <Tooltip label={more}>
      <Group gap={8} px={10} py={6} wrap="nowrap" role="status" data-live={line} aria-label={`${word}. ${more}`}>
        <span className="dot" data-tone={tone} />
        {!bare && (
          <Text size="xs" c="dimmed">
            {word}
          </Text>
        )}
      </Group>
    </Tooltip>
  );
}

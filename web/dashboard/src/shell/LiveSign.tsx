import { Group, Text, Tooltip } from "@mantine/core";
import { type Line, useLine } from "../live/live.tsx";

const SAYS: Record<Line, [tone: string, word: string, more: string]> = {
  live: ["good", "Live", "Changes of orders appear here as they happen"],
  connecting: ["warm", "Connecting", "The live line is being opened"],
  waiting: ["bad", "Live line down", "A new one is being opened; what you see may be old"],
  ended: ["bad", "Not live", "The live line was refused: sign in again"],
  polling: ["quiet", "Refreshes now and then", "One store at a time is live; the roll-up is asked for twice a minute"],
  offline: ["bad", "Offline", "This device has no connection"],
};

/** Whether what one sees is how it is. */
export function LiveSign({ bare }: { bare?: boolean }) {
  return <LineSign line={useLine()} {...(bare ? { bare } : {})} />;
}

/** The same of another line than the orders': `says` where it means something else. */
export function LineSign({ line, bare, says = {} }: { line: Line; bare?: boolean; says?: Partial<Record<Line, string>> }) {
  const [tone, word, usual] = SAYS[line];
  const more = says[line] ?? usual;
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

//! Why something is called off or given back: typed, or one of the usual reasons.

import { Button, Group, TextInput, type TextInputProps } from "@mantine/core";

interface ReasonProps extends Pick<TextInputProps, "description"> {
  value: string;
  change: (reason: string) => void;
  usual?: string[];
  /** What one goes on with when the form opens. */
  first?: boolean;
  /** So many characters at most. */
  most?: number;
}

export function Reason({ value, change, usual = [], first, most, description }: ReasonProps) {
  return (
    <>
      <TextInput
        label="Reason"
        description={description}
        required
        maxLength={most}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
        data-autofocus={first || undefined}
      />
      {usual.length > 0 && (
        <Group gap={6}>
          {usual.map((one) => (
            <Button key={one} size="compact-xs" variant="default" onClick={() => change(one)}>
              {one}
            </Button>
          ))}
        </Group>
      )}
    </>
  );
}

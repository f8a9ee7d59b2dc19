//! A list of items with a quantity each: what is sent, ordered or counted.

import { ActionIcon, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";

export interface Choice {
  sku: string;
  name: string;
  /** What one counts: `grams`, `packs of 500`. */
  unit: string;
  /** Beside the quantity: what there is, what it costs. */
  note?: string;
  most?: number;
}

export interface Wanted {
  sku: string;
  quantity: number | string;
}

interface LinesEditorProps {
  choices: Choice[];
  lines: Wanted[];
  change: (lines: Wanted[]) => void;
}

export function LinesEditor({ choices, lines, change }: LinesEditorProps) {
  const left = choices.filter((choice) => !lines.some((line) => line.sku === choice.sku));
  const set = (sku: string, quantity: number | string) => change(lines.map((line) => (line.sku === sku ? { sku, quantity } : line)));
  return (
    <Stack gap="xs">
      {lines.map((line) => {
        const choice = choices.find((one) => one.sku === line.sku);
        return (
          <Group key={line.sku} wrap="nowrap" align="flex-end" gap="xs">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text size="sm" fw={600} truncate>
                {choice?.name ?? line.sku}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {choice?.note}
              </Text>
            </div>
            <NumberInput
              w={150}
              aria-label={`Quantity of ${choice?.name ?? line.sku}`}
              min={1}
              max={choice?.most}
              clampBehavior="none"
              error={
                choice?.most !== undefined && Number(line.quantity) > choice.most ? `at most ${choice.most.toLocaleString()}` : undefined
              }
              allowDecimal={false}
              thousandSeparator=","
              suffix={choice ? ` ${choice.unit}` : ""}
              value={line.quantity}
              onChange={(quantity) => set(line.sku, quantity)}
            />
            <ActionIcon
              size={36}
              aria-label={`Leave out ${choice?.name ?? line.sku}`}
              onClick={() => change(lines.filter((one) => one.sku !== line.sku))}
            >
              <IconTrash size={17} />
            </ActionIcon>
          </Group>
        );
      })}
      <Select
        searchable
        clearable
        label={lines.length === 0 ? "Item" : "Another item"}
        placeholder="Type a name"
        data={left.map((choice) => ({ value: choice.sku, label: choice.name }))}
        value={null}
        onChange={(sku) => sku && change([...lines, { sku, quantity: "" }])}
        nothingFoundMessage="No such item"
      />
    </Stack>
  );
}

export const whole = (lines: Wanted[]): boolean => lines.length > 0 && lines.every((line) => Number(line.quantity) > 0);

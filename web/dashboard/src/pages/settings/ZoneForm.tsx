//! One delivery zone: drawn by pressing on the sheet, or typed.

import { Group, NumberInput, SegmentedControl, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { format, http, type Schemas, take } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ZoneSketch } from "./ZoneSketch.tsx";
import { readCorners, writeCorners, type Zone } from "./zones.ts";

type Values = Schemas["ZoneDetails"];

export function ZoneForm({ zone, others, close }: { zone: Zone | undefined; others: Zone[]; close: () => void }) {
  const store = useTheStore();
  const { currency } = store;
  const digits = 10 ** format.minorDigits(currency);
  const text = (value?: Schemas["Money"] | null) => (value ? String(value.amount / digits) : "");
  const [name, setName] = useState(zone?.name ?? "");
  const [shape, setShape] = useState(zone && !zone.radius_m ? "polygon" : "circle");
  const [radius, setRadius] = useState<number | string>(zone?.radius_m ?? 3000);
  const [typed, setTyped] = useState(writeCorners(zone?.polygon ?? []));
  const [fee, setFee] = useState(zone ? text(zone.fee) : "");
  const [minimum, setMinimum] = useState(text(zone?.minimum_order));
  const [priority, setPriority] = useState<number | string>(zone?.priority ?? 0);
  const act = useAction(
    (body: Values) =>
      zone
        ? take(http.PUT("/api/v1/stores/{id}/delivery-zones/{zone_id}", { params: { path: { id: store.id, zone_id: zone.id } }, body }))
        : take(http.POST("/api/v1/stores/{id}/delivery-zones", { params: { path: { id: store.id } }, body })),
    { done: "Kept", stale: [["delivery-zones", store.id]], quiet: true, onDone: close },
  );
  const { corners, wrong: misread } = readCorners(typed);
  const round = shape === "circle";
  const sum = (value: string) => {
    const amount = value ? format.parseMoney(value, currency) : undefined;
    return amount === undefined ? undefined : { amount, currency };
  };
  const wrong = (value: string) => (value && !sum(value) ? "An amount such as 25 or 25.50" : undefined);
  const good = name.trim() && sum(fee) && !wrong(minimum) && (round ? Number(radius) >= 100 : !misread && corners.length >= 3);
  const drawn = round ? { name: name || "This zone", radius_m: Number(radius) || 0 } : { name: name || "This zone", polygon: corners };
  return (
    <FormModal
      title={zone ? zone.name : "A delivery zone"}
      size="xl"
      close={close}
      action={act}
      submit="Keep"
      disabled={!good}
      onSubmit={() => {
        const money = sum(fee);
        if (!money) return;
        act.mutate({
          name: name.trim(),
          ...(round ? { radius_m: Number(radius) } : { polygon: corners }),
          fee: money,
          minimum_order: sum(minimum) ?? null,
          priority: Number(priority) || 0,
        });
      }}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Stack>
          <TextInput
            label="Name"
            description="Customers read it"
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <SegmentedControl
            aria-label="Shape"
            value={shape}
            onChange={setShape}
            data={[
              { value: "circle", label: "Around the store" },
              { value: "polygon", label: "Drawn" },
            ]}
          />
          {round ? (
            <NumberInput label="Reaches" suffix=" m" min={100} max={50_000} step={500} value={radius} onChange={setRadius} />
          ) : (
            <Textarea
              label="Corners"
              description="Press on the sheet, or one a line: latitude, longitude"
              autosize
              minRows={4}
              maxRows={10}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              error={misread}
            />
          )}
          <Group grow align="flex-start">
            <TextInput
              label={`Fee, ${currency}`}
              inputMode="decimal"
              value={fee}
              onChange={(event) => setFee(event.currentTarget.value)}
              error={wrong(fee)}
            />
            <TextInput
              label={`Orders from, ${currency}`}
              placeholder="any sum"
              inputMode="decimal"
              value={minimum}
              onChange={(event) => setMinimum(event.currentTarget.value)}
              error={wrong(minimum)}
            />
          </Group>
          <NumberInput
            label="Priority"
            description="Where zones overlap, the higher one counts; of those, the cheaper"
            min={0}
            max={1000}
            value={priority}
            onChange={setPriority}
          />
        </Stack>
        <ZoneSketch
          store={store.position}
          zones={[...others, drawn]}
          chosen={drawn.name}
          onPress={round ? undefined : (place) => setTyped(writeCorners([...corners, place]))}
        />
      </SimpleGrid>
    </FormModal>
  );
}

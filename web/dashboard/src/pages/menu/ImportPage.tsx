//! Imports a menu from a file: seen before it is sent, taken whole or not at all.

import { isProblem } from "@kirana/api";
import { Alert, Button, FileButton, Group, List, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { said, useAction } from "../../ui/action.tsx";
import { Card, Facts } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { MenuFrame } from "./data.tsx";
import { assignMenu } from "./MenuPage.tsx";
import { type Fault, readMenuFile } from "./menuFile.ts";

export function ImportPage() {
  const store = useTheStore();
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const read = text.trim() ? readMenuFile(text) : undefined;
  const preview = read && "items" in read ? read : undefined;
  const faults: Fault[] = read ? ("items" in read ? read.faults : [read]) : [];
  const act = useAction((body: Schemas["MenuFile"]) => take(http.POST("/api/v1/catalog/import", { body })), {
    quiet: true,
    stale: [["products"], ["menu"]],
    onDone: (report) => said(`${report.products} products, ${report.variants} variants, ${report.modifier_groups} modifier groups are in`),
  });
  const assign = useAction((menu: string) => assignMenu(store.id, menu), {
    done: `${store.name} sells by this menu now`,
    stale: [
      ["menu", store.id],
      ["overrides", store.id],
    ],
  });
  const load = async (file: File | null) => {
    if (!file) return;
    setName(file.name);
    setText(await file.text());
    act.reset();
  };
  return (
    <MenuFrame title="Import a menu" about="A menu of the same name is replaced: what is not in the file any more is retired.">
      <Stack>
        <Group>
          <FileButton accept="application/json,.json" onChange={(file) => void load(file)}>
            {(props) => (
              <Button variant="default" {...props}>
                {name || "Choose a file"}
              </Button>
            )}
          </FileButton>
          <Text size="sm" c="dimmed">
            or paste it below
          </Text>
        </Group>
        <Textarea
          aria-label="The menu as JSON"
          placeholder='{"name": "Boba", "currency": "THB", "items": [...], "modifier_groups": {...}}'
          autosize
          minRows={4}
          maxRows={12}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            act.reset();
          }}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
        />
        {faults.length > 0 && (
          <Alert color="chili" variant="light" title={`${faults.length === 1 ? "One fault" : `${faults.length} faults`} at first sight`}>
            <Faults faults={faults} items={preview?.items.map((item) => item.name) ?? []} />
          </Alert>
        )}
        {preview && (
          <Card title="What is in the file">
            <Facts
              wide
              of={[
                ["Menu", preview.name],
                ["Currency", preview.currency],
                ["Items", preview.items.length],
                ["Variants", preview.items.reduce((sum, item) => sum + item.variants, 0)],
                ["Modifier groups", preview.groups],
                ["Categories", new Set(preview.items.map((item) => item.category)).size],
              ]}
            />
            <div style={{ maxHeight: 260, overflowY: "auto", marginTop: 14 }}>
              {preview.items.map((item, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a file's items may have one name twice
                <Group key={at} justify="space-between" py={3}>
                  <Text size="sm">
                    {item.name || "without a name"}{" "}
                    <Text span size="xs" c="dimmed">
                      {item.category}
                    </Text>
                  </Text>
                  <Text size="sm" c="dimmed" className="num">
                    {item.variants} {item.variants === 1 ? "variant" : "variants"}
                    {item.lowest !== undefined && `, from ${item.lowest.toLocaleString(LOCALE)}`}
                  </Text>
                </Group>
              ))}
            </div>
          </Card>
        )}
        {act.error &&
          (isProblem(act.error) && act.error.errors.length > 0 ? (
            <Alert color="chili" variant="light" title="Nothing was imported" role="alert">
              <Text size="sm" mb={6}>
                {act.error.detail}
              </Text>
              <Faults faults={act.error.errors} items={preview?.items.map((item) => item.name) ?? []} />
            </Alert>
          ) : (
            <ProblemView error={act.error} />
          ))}
        {act.data && (
          <Alert color="pandan" variant="light" title="Imported">
            <Group>
              <Text size="sm">
                {act.data.products} products, {act.data.variants} variants, {act.data.modifier_groups} modifier groups.
              </Text>
              <Button size="xs" variant="default" loading={assign.isPending} onClick={() => act.data && assign.mutate(act.data.menu_id)}>
                Give {store.name} this menu
              </Button>
            </Group>
          </Alert>
        )}
        <Button
          w="fit-content"
          disabled={!preview || faults.length > 0}
          loading={act.isPending}
          onClick={() => act.mutate(JSON.parse(text) as Schemas["MenuFile"])}
        >
          Import
        </Button>
      </Stack>
    </MenuFrame>
  );
}

/** Faults with the item's name where the path says which. */
function Faults({ faults, items }: { faults: Fault[]; items: string[] }) {
  return (
    <List size="sm" spacing={2}>
      {faults.slice(0, 60).map((fault) => {
        const at = /^items\[(\d+)\]/.exec(fault.path)?.[1];
        return (
          <List.Item key={`${fault.path} ${fault.message}`}>
            {at !== undefined && items[Number(at)] && <strong>{items[Number(at)]} </strong>}
            {fault.path && <code>{fault.path}</code>} {fault.message}
          </List.Item>
        );
      })}
      {faults.length > 60 && <List.Item>and {faults.length - 60} more</List.Item>}
    </List>
  );
}

//! The bar above a table: search, filters, saved views, columns, export.

import { ActionIcon, Button, Checkbox, CloseButton, Group, Menu, Popover, Select, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconBookmark, IconColumns3, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Export } from "./Export.tsx";
import type { PageOf } from "./follow.ts";
import type { Column, Filter } from "./logic.ts";
import { useAddress, useTableAddress } from "./state.ts";
import { type SavedView, type Shared, useViews } from "./views.ts";

interface TableBarProps<R> {
  id: string;
  /** Before its words in the address, where it is not the main table of its page. */
  prefix: string | undefined;
  columns: ReadonlyArray<Column<R>>;
  chosen: string[];
  choose: (columns: string[]) => void;
  usual: string[];
  filters: ReadonlyArray<Filter<R>>;
  rows: readonly R[];
  shown: ReadonlyArray<Column<R>>;
  /** Asks for all of the list, where not all of it is loaded. */
  page: PageOf<R> | undefined;
  /** Filters and sorts rows as the table does. */
  arrange: (rows: readonly R[]) => R[];
  placeholder?: string;
  tools?: ReactNode;
}

export function TableBar<R>({
  id,
  prefix,
  columns,
  chosen,
  choose,
  usual,
  filters,
  rows,
  shown,
  page,
  arrange,
  placeholder = "Search",
  tools,
}: TableBarProps<R>) {
  const [search, change] = useTableAddress(prefix);
  const narrowed = Boolean(search.q) || filters.some((filter) => search[filter.key]);
  return (
    <div className="tablebar noprint">
      <TextInput
        size="xs"
        className="tablebar-search"
        placeholder={placeholder}
        aria-label="Search these rows"
        leftSection={<IconSearch size={14} />}
        value={search.q ?? ""}
        onChange={(event) => change({ q: event.currentTarget.value })}
        rightSection={
          search.q ? <CloseButton size="xs" aria-label="Clear the search" onClick={() => change({ q: undefined })} /> : undefined
        }
      />
      {filters.map((filter) => (
        <Select
          key={filter.key}
          size="xs"
          className="tablebar-filter"
          clearable
          aria-label={filter.label}
          placeholder={filter.label}
          data={filter.options}
          value={search[filter.key] ?? null}
          onChange={(value) => change({ [filter.key]: value ?? undefined })}
        />
      ))}
      {narrowed && (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => change({ q: undefined, ...Object.fromEntries(filters.map((filter) => [filter.key, undefined])) })}
        >
          Clear
        </Button>
      )}
      <Group gap={4} className="tablebar-tools" wrap="nowrap">
        {tools}
        <Views id={id} chosen={chosen} choose={choose} usual={usual} />
        <Menu closeOnItemClick={false}>
          <Menu.Target>
            <Tooltip label="Columns">
              <ActionIcon aria-label="Choose columns" size="md">
                <IconColumns3 size={17} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {columns.map((column) => (
              <Menu.Item
                key={column.key}
                onClick={() => {
                  const next = chosen.includes(column.key) ? chosen.filter((key) => key !== column.key) : [...chosen, column.key];
                  if (next.length > 0) choose(next);
                }}
                leftSection={<Checkbox.Indicator size="xs" checked={chosen.includes(column.key)} />}
              >
                {column.label}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item onClick={() => choose(usual)}>As they were</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Export id={id} rows={rows} shown={shown} page={page} arrange={arrange} />
      </Group>
    </div>
  );
}

function Views({ id, chosen, choose, usual }: Pick<TableBarProps<unknown>, "id" | "chosen" | "choose" | "usual">) {
  const [search, , replace] = useAddress();
  const [name, setName] = useState("");
  const [shared, setShared] = useState<Shared>("own");
  const [opened, setOpened] = useState(false);
  const { views, error, save, remove, audiences } = useViews(id, opened);
  const apply = (view: SavedView | null) => {
    replace(view?.search ?? {});
    choose(view?.columns.length ? view.columns : usual);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={280} trapFocus>
      <Popover.Target>
        <Tooltip label="Saved views" disabled={opened}>
          <ActionIcon aria-label="Saved views" size="md" onClick={() => setOpened(!opened)}>
            <IconBookmark size={17} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Stack gap={2}>
          <Button variant="subtle" size="xs" color="gray" justify="flex-start" onClick={() => apply(null)}>
            Everything
          </Button>
          {error && (
            <Text size="xs" c="dimmed">
              Saved views cannot be had right now.
            </Text>
          )}
          {views.map((view) => (
            <Group key={view.id} gap={2} wrap="nowrap">
              <Button variant="subtle" size="xs" color="gray" justify="flex-start" style={{ flex: 1 }} onClick={() => apply(view)}>
                {view.name}
                {view.shared !== "own" && (
                  <Text span size="xs" c="dimmed" ml={6}>
                    {view.mine ? "shared" : `by ${view.saved_by}`}
                  </Text>
                )}
              </Button>
              {view.removable && <CloseButton size="xs" aria-label={`Remove the view ${view.name}`} onClick={() => remove.mutate(view)} />}
            </Group>
          ))}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (!name.trim()) return;
              save.mutate({ view: { name: name.trim(), search, columns: chosen }, shared });
              setName("");
            }}
          >
            <Text size="xs" c="dimmed" mt={6} mb={4}>
              Keep filters, order and columns as they are now:
            </Text>
            <Group gap={6} wrap="nowrap">
              <TextInput
                size="xs"
                aria-label="Name of the view"
                placeholder="Name"
                maxLength={60}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Button size="xs" type="submit" disabled={!name.trim()} loading={save.isPending}>
                Save
              </Button>
            </Group>
            {audiences.length > 1 && (
              <Select
                size="xs"
                mt={6}
                label="For"
                allowDeselect={false}
                data={audiences}
                value={shared}
                onChange={(value) => setShared((value ?? "own") as Shared)}
                comboboxProps={{ withinPortal: false }}
              />
            )}
          </form>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

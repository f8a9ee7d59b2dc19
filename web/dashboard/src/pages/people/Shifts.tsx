//! Who works when: a week by person and day.

import { ActionIcon, Button, Group, Select, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { type Store, useStore } from "../../shell/stores.tsx";
import { useAddress } from "../../table/state.ts";
import { useAction } from "../../ui/action.tsx";
import { Card, Empty, Loading, Page, useNow } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Modal } from "../../ui/Window.tsx";
import { back, localDay, midnight } from "../today/figures.ts";
import { staffOf } from "./data.ts";
import { PeopleNav } from "./PeopleNav.tsx";
import { hours, monday, onDay, type Shift, span, weekOf } from "./roster.ts";

const dayName = (day: string) =>
  new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

interface Person {
  id: string;
  name: string;
}

/** Who works in the store, for those who may know; who cooks sees shifts, and of people only themselves by name. */
function usePeople(store: string) {
  const user = useUser();
  const known = may(user, "GET /stores/{id}/staff");
  const query = useQuery({ ...staffOf(store), enabled: known });
  const people: Person[] = query.data?.map((one) => ({ id: one.user_id, name: one.name })) ?? [];
  if (!known && user) people.push({ id: user.id, name: user.name });
  return { people, waiting: known && query.isPending, error: query.error };
}

/** In the roll-up there is no such page: shifts are planned store by store. */
export function Shifts() {
  const store = useStore();
  return store ? <Week store={store} /> : <Navigate to="/all/people" replace />;
}

function Week({ store }: { store: Store }) {
  const user = useUser();
  const [{ week }, change] = useAddress();
  const today = localDay(useNow(60_000), store.time_zone);
  const first = monday(week && /^\d{4}-\d\d-\d\d$/.test(week) ? week : today);
  const days = weekOf(first);
  const window = { from: midnight(first, store.time_zone), until: midnight(back(first, -7), store.time_zone) };
  const query = useQuery({
    queryKey: ["shifts", store.id, first],
    queryFn: () => take(http.GET("/api/v1/stores/{id}/shifts", { params: { path: { id: store.id }, query: window } })),
  });
  const { people, waiting, error } = usePeople(store.id);
  const [planning, setPlanning] = useState<{ person?: string; day: string } | null>(null);
  const [opened, setOpened] = useState<Shift | null>(null);
  const plans = may(user, "POST /stores/{id}/shifts");
  const shifts = query.data ?? [];
  const strangers = [...new Set(shifts.map((shift) => shift.user_id))]
    .filter((id) => !people.some((one) => one.id === id))
    .map((id) => ({ id, name: "A colleague" }));
  const rows = [...people, ...strangers];
  const clock = (at: string) => format.time(at, LOCALE, store.time_zone);
  const name = (id: string) => rows.find((one) => one.id === id)?.name ?? "Somebody";
  const problem = error ?? query.error;
  return (
    <Page
      title="Shifts"
      about={`Who works when in ${store.name}, by its own clock.`}
      actions={plans && <Button onClick={() => setPlanning({ day: days.includes(today) ? today : first })}>Plan a shift</Button>}
    >
      <PeopleNav />
      <Group justify="space-between" mb="sm">
        <Group gap={6}>
          <ActionIcon aria-label="The week before" onClick={() => change({ week: back(first, 7) })}>
            <IconChevronLeft size={18} />
          </ActionIcon>
          <Text fw={600} size="sm">
            {dayName(first)} – {dayName(days[6] ?? first)}
          </Text>
          <ActionIcon aria-label="The week after" onClick={() => change({ week: back(first, -7) })}>
            <IconChevronRight size={18} />
          </ActionIcon>
          {!days.includes(today) && (
            <Button size="compact-sm" variant="subtle" onClick={() => change({ week: undefined })}>
              This week
            </Button>
          )}
        </Group>
        <Text size="sm" c="dimmed" className="num">
          {hours(shifts)} h planned
        </Text>
      </Group>
      {problem ? (
        <ProblemView error={problem} retry={() => void query.refetch()} />
      ) : query.isPending || waiting ? (
        <Loading />
      ) : rows.length === 0 ? (
        <Card>
          <Empty title="Nobody works here yet">Add people first; then plan who comes when.</Empty>
        </Card>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
        <section className="tablewrap" aria-label="Shifts of the week" tabIndex={0}>
          <table className="table roster">
            <thead>
              <tr>
                <th scope="col">Person</th>
                {days.map((day) => (
                  <th key={day} scope="col" data-today={day === today || undefined}>
                    {dayName(day)}
                  </th>
                ))}
                <th scope="col" data-right>
                  Hours
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((person) => {
                const own = shifts.filter((shift) => shift.user_id === person.id);
                return (
                  <tr key={person.id}>
                    <th scope="row">{person.name}</th>
                    {days.map((day) => (
                      <td key={day} data-today={day === today || undefined}>
                        {onDay(own, day, store.time_zone).map((shift) => (
                          <UnstyledButton key={shift.id} className="shift" onClick={() => setOpened(shift)}>
                            <span className="skip">
                              {person.name}, {dayName(day)}:{" "}
                            </span>
                            <span className="num">
                              {clock(shift.starts_at)}–{clock(shift.ends_at)}
                            </span>
                            {shift.note && <span>{shift.note}</span>}
                          </UnstyledButton>
                        ))}
                        {plans && people.some((one) => one.id === person.id) && (
                          <UnstyledButton
                            className="shift-add"
                            aria-label={`Plan a shift of ${person.name} on ${dayName(day)}`}
                            onClick={() => setPlanning({ person: person.id, day })}
                          >
                            +
                          </UnstyledButton>
                        )}
                      </td>
                    ))}
                    <td data-right>{hours(own) || "—"}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
      {planning && <Plan store={store} people={people} days={days} at={planning} close={() => setPlanning(null)} />}
      {opened && <Opened store={store} shift={opened} name={name(opened.user_id)} plans={plans} close={() => setOpened(null)} />}
    </Page>
  );
}

interface PlanProps {
  store: Store;
  people: Person[];
  days: string[];
  at: { person?: string; day: string };
  close: () => void;
}

const send = (store: string, body: Schemas["NewShift"]) =>
  take(http.POST("/api/v1/stores/{id}/shifts", { params: { path: { id: store } }, body }));
const cancel = (store: string, shift: string) =>
  http.DELETE("/api/v1/stores/{id}/shifts/{shift_id}", { params: { path: { id: store, shift_id: shift } } });

function Plan({ store, people, days, at, close }: PlanProps) {
  const [person, setPerson] = useState(at.person ?? people[0]?.id ?? "");
  const [day, setDay] = useState(at.day);
  const [from, setFrom] = useState("09:00");
  const [until, setUntil] = useState("17:00");
  const [note, setNote] = useState("");
  const found = span(from, until);
  const act = useAction((body: Schemas["NewShift"]) => send(store.id, body), {
    done: "It is in the plan",
    undo: (shift) => cancel(store.id, shift.id),
    stale: [["shifts", store.id]],
    quiet: true,
    onDone: close,
  });
  return (
    <FormModal
      title="Plan a shift"
      close={close}
      action={act}
      submit="Plan it"
      disabled={!person || !found}
      onSubmit={() => {
        if (!found) return;
        const begin = Date.parse(midnight(day, store.time_zone));
        act.mutate({
          user_id: person,
          starts_at: new Date(begin + found[0]).toISOString(),
          ends_at: new Date(begin + found[1]).toISOString(),
          ...(note.trim() ? { note: note.trim() } : {}),
        });
      }}
    >
      <Select
        label="Who"
        searchable
        allowDeselect={false}
        data={people.map((one) => ({ value: one.id, label: one.name }))}
        value={person}
        onChange={(value) => setPerson(value ?? "")}
      />
      <Select
        label="Day"
        allowDeselect={false}
        data={days.map((one) => ({ value: one, label: dayName(one) }))}
        value={day}
        onChange={(value) => setDay(value ?? at.day)}
      />
      <Group grow align="flex-start">
        <TextInput label="From" type="time" required value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput
          label="Until"
          description={found && found[1] > 24 * 3_600_000 ? "the day after" : undefined}
          inputWrapperOrder={["label", "input", "description", "error"]}
          type="time"
          required
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </Group>
      <TextInput
        label="What for"
        placeholder="Bar, kitchen"
        maxLength={100}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </FormModal>
  );
}

interface OpenedProps {
  store: Store;
  shift: Shift;
  name: string;
  plans: boolean;
  close: () => void;
}

function Opened({ store, shift, name, plans, close }: OpenedProps) {
  const act = useAction((_: string) => cancel(store.id, shift.id), {
    done: "It is out of the plan",
    undo: () => {
      const { user_id, starts_at, ends_at, note } = shift;
      return send(store.id, { user_id, starts_at, ends_at, ...(note ? { note } : {}) });
    },
    stale: [["shifts", store.id]],
    onDone: close,
  });
  return (
    <Modal opened onClose={close} title={name} size="sm">
      <Stack>
        <Text size="sm">
          {format.moment(shift.starts_at, LOCALE, store.time_zone)} to {format.time(shift.ends_at, LOCALE, store.time_zone)},{" "}
          {hours([shift])} h
        </Text>
        {shift.note && <Text size="sm">{shift.note}</Text>}
        {plans && (
          <Button variant="default" color="chili" loading={act.isPending} onClick={() => act.mutate("")}>
            Take it out of the plan
          </Button>
        )}
      </Stack>
    </Modal>
  );
}

//! Small things that every page is made of.

import { Badge, Button, CopyButton, Group, Skeleton, Stack, Text, Title, Tooltip, UnstyledButton } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { format, LOCALE, type Money, money } from "../api/index.ts";

export interface PageProps {
  title: string;
  /** Beside the title: a status, a number. */
  mark?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its title is the document's too. */
export function Page({ title, mark, about, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Kirana`;
  }, [title]);
  return (
    <div className="page">
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <div>
          <Group gap="sm">
            <Title order={1} fz={{ base: 21, sm: 24 }}>
              {title}
            </Title>
            {mark}
          </Group>
          {about && (
            <Text size="sm" c="dimmed" mt={2} maw={680}>
              {about}
            </Text>
          )}
        </div>
        {actions && (
          <Group gap="xs" className="noprint">
            {actions}
          </Group>
        )}
      </Group>
      {children}
    </div>
  );
}

interface CardProps {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  flush?: boolean;
}

export function Card({ title, aside, children, flush }: CardProps) {
  return (
    <section className="card">
      {(title || aside) && (
        <header>
          <Title order={2} fz={15}>
            {title}
          </Title>
          {aside}
        </header>
      )}
      <div className="body" style={flush ? { padding: 0, marginTop: title ? 10 : 0 } : undefined}>
        {children}
      </div>
    </section>
  );
}

export function Cash({ value, short }: { value: Money; short?: boolean }) {
  return <span className="num">{money(value, short)}</span>;
}

/** Pairs of a name and what it is; what is nothing is left out. */
export function Facts({ of, wide }: { of: Array<[string, ReactNode]>; wide?: boolean }) {
  const known = of.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return (
    <dl className="facts" data-wide={wide || undefined}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Nothing is here, why, and what makes it otherwise. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py={44} px="md">
      <svg width="42" height="42" viewBox="0 0 42 42" aria-hidden="true">
        <path d="M9 13h24l-2.6 22.2a3 3 0 0 1-3 2.8H14.6a3 3 0 0 1-3-2.8z" fill="var(--accent-wash)" stroke="var(--line)" />
        <path d="M6.5 9.5h29" stroke="var(--soft)" strokeWidth="2" strokeLinecap="round" />
        <path d="m22 9 3-7" stroke="var(--accent)" strokeWidth="2.6" strokeLinecap="round" />
        <circle cx="17" cy="31" r="2.4" fill="var(--soft)" />
        <circle cx="23" cy="32.5" r="2.4" fill="var(--soft)" />
        <circle cx="26" cy="27" r="2.4" fill="var(--soft)" />
      </svg>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" ta="center" maw={420}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}

export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <Stack gap="sm" py="sm" aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: lines }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton are all the same
        <Skeleton key={at} height={18} width={`${92 - ((at * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}

/** The time now, every `ms`; one clock for a page. */
export function useNow(ms = 15_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}

/** `4 min`, `2 h`, `3 d`: how long ago, or until when. */
export function span(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 1) return "under 1 min";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 60 * 36) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1440)} d`;
}

export function When({ at, zone }: { at?: string | null; zone?: string }) {
  const now = useNow(30_000);
  if (!at)
    return (
      <Text span c="dimmed">
        —
      </Text>
    );
  const ms = now - Date.parse(at);
  const near = Math.abs(ms) < 36 * 3_600_000;
  const text = near ? (ms >= 0 ? `${span(ms)} ago` : `in ${span(ms)}`) : format.day(at, LOCALE, zone);
  return (
    <Tooltip label={format.moment(at, LOCALE, zone)}>
      <time dateTime={at} className="num">
        {text}
      </time>
    </Tooltip>
  );
}

/** Six digits of an id that tell it from others: its end may be a store's number, its beginning is the time. */
export const shortId = (id: string): string => (id.length === 36 ? id.slice(-12, -6) : id.slice(-6));

/** The telling digits of an id; the whole by touch. */
export function Id({ of }: { of: string }) {
  return (
    <CopyButton value={of}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `Copy ${of}`}>
          <UnstyledButton onClick={copy} fz="inherit" style={{ fontFamily: "var(--mantine-font-family-monospace)" }}>
            {copied ? "copied" : `…${shortId(of)}`}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}

type Tone = "good" | "warm" | "bad" | "calm" | "quiet";
const TONES: Record<Tone, string> = { good: "pandan", warm: "mango", bad: "chili", calm: "blue", quiet: "gray" };

export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  const styles: Partial<Record<Tone, [string, string]>> = {
    good: ["var(--accent-wash)", "var(--accent)"],
    warm: ["var(--warm-wash)", "var(--warm-ink)"],
    bad: ["var(--bad-wash)", "var(--bad-ink)"],
  };
  const [background, color] = styles[tone] ?? ["color-mix(in srgb, var(--ink) 7%, transparent)", "var(--ink)"];
  return (
    <Badge color={TONES[tone]} style={{ background, color }}>
      {children}
    </Badge>
  );
}

/** `Bubble milk tea` of `bubble_milk_tea`. */
export function words(code: string): string {
  const text = code.replaceAll("_", " ").replaceAll("-", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function More({ has, busy, load }: { has: boolean; busy: boolean; load: () => void }) {
  if (!has) return null;
  return (
    <Group justify="center" mt="sm">
      <Button variant="default" onClick={load} loading={busy}>
        Show more
      </Button>
    </Group>
  );
}

import { Skeleton, Text } from "@mantine/core";
import { IconArrowDownRight, IconArrowUpRight } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface StatProps {
  label: string;
  value: ReactNode;
  /** More or less than before, in parts of one. */
  change?: number;
  /** What it is compared with, or what it means. */
  about?: ReactNode;
  waiting?: boolean;
  /** More is worse. */
  down?: boolean;
}

/** One figure: what it is, how much, and against what. */
export function Stat({ label, value, change, about, waiting, down }: StatProps) {
  const good = change !== undefined && change >= 0 !== Boolean(down);
  const Icon = change !== undefined && change < 0 ? IconArrowDownRight : IconArrowUpRight;
  return (
    <div className="card" style={{ padding: "12px 16px 14px" }}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      {waiting ? (
        <Skeleton height={26} width={110} my={5} />
      ) : (
        <div className="figure" data-stat={label}>
          {value}
        </div>
      )}
      <Text size="xs" c="dimmed" mt={2} component="div" style={{ display: "flex", gap: 4, flexWrap: "wrap", minHeight: 18 }}>
        {change !== undefined && !waiting && (
          <span style={{ color: good ? "var(--accent)" : "var(--bad-ink)", fontWeight: 600, display: "inline-flex", alignItems: "center" }}>
            <Icon size={14} aria-hidden />
            {Math.abs(change * 100).toFixed(0)}%<span className="skip">{change < 0 ? "less" : "more"}</span>
          </span>
        )}
        {about}
      </Text>
    </div>
  );
}

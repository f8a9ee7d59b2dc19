import type { ReactNode } from "react";
import { useScope } from "../../shell/stores.tsx";
import { Page } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";

interface DevicesPageProps {
  title: string;
  mark?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page about devices, with the way to the other. */
export function DevicesPage({ children, ...page }: DevicesPageProps) {
  const base = `/${useScope()}/devices`;
  return (
    <Page {...page}>
      <SubNav
        label="Devices"
        tabs={[
          { path: base, label: "All devices" },
          { path: `${base}/cold-chain`, label: "Cold chain" },
        ]}
      />
      {children}
    </Page>
  );
}

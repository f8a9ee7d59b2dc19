import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { Page, type PageProps } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";

/** A page about devices, with the way to the other. */
export function DevicesPage({ children, ...page }: PageProps) {
  const user = useUser();
  const base = `/${useScope()}/devices`;
  return (
    <Page {...page}>
      <SubNav
        label="Devices"
        tabs={[
          { path: base, label: "All devices" },
          { path: `${base}/cold-chain`, label: "Cold chain" },
          ...(may(user, "GET /devices/rollouts") ? [{ path: `${base}/rollouts`, label: "Roll-outs" }] : []),
        ]}
      />
      {children}
    </Page>
  );
}

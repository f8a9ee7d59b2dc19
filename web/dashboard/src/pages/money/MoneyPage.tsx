import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { Page, type PageProps } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";
import { WaitingCount } from "../risk/WaitingCount.tsx";

/** A page about money, with the way to the others. */
export function MoneyPage({ children, ...page }: PageProps) {
  const user = useUser();
  const base = `/${useScope()}/money`;
  return (
    <Page {...page}>
      <SubNav
        label="Money"
        tabs={[
          { path: base, label: "Payments" },
          { path: `${base}/refunds`, label: "Refunds" },
          ...(may(user, "GET /payments/assessments")
            ? [{ path: `${base}/review`, label: "To review", wide: true, mark: <WaitingCount /> }]
            : []),
          ...(may(user, "GET /payments/exceptions") ? [{ path: `${base}/exceptions`, label: "Reconciliation" }] : []),
          ...(may(user, "GET /ledger/trial-balance") ? [{ path: `${base}/ledger`, label: "Ledger", wide: true }] : []),
          ...(may(user, "GET /franchisees/{id}/royalties") ? [{ path: `${base}/royalties`, label: "Royalties", wide: true }] : []),
        ]}
      />
      {children}
    </Page>
  );
}

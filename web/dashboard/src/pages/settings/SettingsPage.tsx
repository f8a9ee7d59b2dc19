import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { Page, type PageProps } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";

/** A page of settings, with the way to the others. */
export function SettingsPage({ children, ...page }: PageProps) {
  const user = useUser();
  const scope = useScope();
  const base = `/${scope}/settings`;
  const ofStore = scope !== "all";
  return (
    <Page {...page}>
      <SubNav
        label="Settings"
        tabs={[
          ...(ofStore
            ? [
                { path: base, label: "Store and hours" },
                { path: `${base}/kitchen`, label: "Kitchen" },
                { path: `${base}/fees`, label: "Fees" },
                { path: `${base}/zones`, label: "Delivery zones" },
              ]
            : []),
          { path: `${base}/taxes`, label: "Taxes" },
          ...(may(user, "GET /api-keys") ? [{ path: `${base}/keys`, label: "API keys" }] : []),
          ...(may(user, "GET /flags/settings") ? [{ path: `${base}/flags`, label: "Flags" }] : []),
          ...(may(user, "GET /oauth/clients") ? [{ path: `${base}/apps`, label: "Integrations" }] : []),
        ]}
      />
      {children}
    </Page>
  );
}

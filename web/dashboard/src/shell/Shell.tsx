//! The frame around every page: where one is, where one can go, whether the line is up, and who one is.

import { Alert, Button, Group, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { Link, Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { ProofDialog } from "../auth/proof.tsx";
import { useUser } from "../auth/session.ts";
import { LiveProvider, useLine, usePageLine } from "../live/live.tsx";
import { warningOf } from "../live/sign.ts";
import { Empty, Loading } from "../ui/bits.tsx";
import { asProblem, ProblemView } from "../ui/problem.tsx";
import { AccountMenu } from "./AccountMenu.tsx";
import { LiveSign } from "./LiveSign.tsx";
import { Palette, PaletteButton } from "./Palette.tsx";
import { PhoneTop, TabBar } from "./Phone.tsx";
import { placesOf } from "./places.ts";
import { StoreSwitch } from "./StoreSwitch.tsx";
import { lastStore, useStores } from "./stores.tsx";

export function Shell() {
  const { store: scope = "all" } = useParams({ strict: false });
  const user = useUser();
  const { stores, error, isFetching, refetch } = useStores();
  // The board has the whole screen; its settings have not.
  const full = useRouterState({ select: (state) => state.location.pathname.endsWith(`${scope}/kitchen`) });
  const known = scope === "all" ? true : stores?.some((store) => store.id === scope);
  useEffect(() => {
    if (stores && known) lastStore.set(scope);
  }, [stores, known, scope]);
  useGoKeys(scope);
  if (!user) return null;
  // Only a list that never came takes the page's place: one that cannot be had again is old, and what is done with it goes on.
  const inside =
    !stores && error ? (
      <div className="page">
        <ProblemView error={error} retry={() => void refetch()} />
      </div>
    ) : !stores ? (
      <div className="page">
        <Loading />
      </div>
    ) : !known ? (
      <NoSuchStore />
    ) : (
      <Outlet />
    );
  const live = scope !== "all" && known && placesOf(user, scope).some((place) => place.path === "kitchen");
  return (
    <LiveProvider store={live && stores ? scope : undefined}>
      <a href="#main" className="skip">
        Go to the content
      </a>
      <ProofDialog />
      <Palette />
      {full ? (
        <main id="main">{inside}</main>
      ) : (
        <>
          <div className="frame">
            <aside className="side" aria-label="Navigation">
              <StoreSwitch />
              <PaletteButton />
              <Nav scope={scope} />
              <LiveSign />
              <AccountMenu />
            </aside>
            <main id="main" className="sheet">
              <PhoneTop />
              <LineDown />
              {stores && error && <StoresOld error={error} busy={isFetching} again={() => void refetch()} />}
              {inside}
            </main>
          </div>
          <TabBar scope={scope} />
        </>
      )}
    </LiveProvider>
  );
}

function Nav({ scope }: { scope: string }) {
  const user = useUser();
  if (!user) return null;
  const places = placesOf(user, scope);
  return (
    <nav aria-label="Pages">
      {(["Store", "Chain"] as const).map((group) => {
        const here = places.filter((place) => place.group === group);
        if (here.length === 0) return null;
        return (
          <div key={group}>
            <div className="navgroup">{group === "Store" ? (scope === "all" ? "All stores" : "This store") : "Business"}</div>
            {here.map(({ path, label, icon: Icon, count: Count }) => (
              <Link key={path} to={`/${scope}/${path}`} className="navlink" activeOptions={{ exact: false, includeSearch: false }}>
                <Icon size={18} stroke={1.7} aria-hidden />
                {label}
                {Count && <Count />}
              </Link>
            ))}
          </div>
        );
      })}
    </nav>
  );
}

/** Says in words when what is on the page may be old. */
function LineDown() {
  const warning = warningOf(useLine(), usePageLine());
  if (!warning) return null;
  return (
    <Alert color="mango" variant="light" radius={0} py={6} role="status" className="told">
      <Text size="sm">{warning}</Text>
    </Alert>
  );
}

/** Says kindly that the list of stores could not be had again. Without a connection nothing can, which is said already. */
function StoresOld({ error, busy, again }: { error: Error; busy: boolean; again: () => void }) {
  if (useLine() === "offline") return null;
  return (
    <Alert color="mango" variant="light" radius={0} py={6} role="status" className="told">
      <Group gap="xs">
        <Text size="sm">The stores could not be asked for again: {asProblem(error).detail} What is shown of them may be old.</Text>
        <Button size="compact-xs" variant="default" loading={busy} onClick={again}>
          Try again
        </Button>
      </Group>
    </Alert>
  );
}

function NoSuchStore() {
  return (
    <div className="page">
      <Empty title="No such store, or it is not yours" action={<Link to="/">Go to a store of yours</Link>}>
        The address names a store that you do not work in.
      </Empty>
    </div>
  );
}

/** `g` and then a letter goes to a page. */
function useGoKeys(scope: string) {
  const user = useUser();
  const navigate = useNavigate();
  const until = useRef(0);
  useHotkeys([
    [
      "g",
      () => {
        until.current = Date.now() + 1200;
      },
    ],
    ...(user ? placesOf(user, scope) : []).map(
      (place) =>
        [
          place.key,
          () => {
            if (Date.now() < until.current) void navigate({ to: `/${scope}/${place.path}` });
            until.current = 0;
          },
        ] as [string, () => void],
    ),
  ]);
}

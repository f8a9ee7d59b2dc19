//! The frame on a phone: a bar on top and tabs at the bottom.

import { Drawer, Group, Title } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useUser } from "../auth/session.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import { LiveSign } from "./LiveSign.tsx";
import { placesOf } from "./places.ts";
import { StoreSwitch } from "./StoreSwitch.tsx";

export function PhoneTop() {
  return (
    <Group hiddenFrom="sm" gap="xs" p="10px 14px 0" wrap="nowrap" className="noprint">
      <div style={{ flex: 1, minWidth: 0 }}>
        <StoreSwitch />
      </div>
      <LiveSign bare />
      <AccountMenu compact />
    </Group>
  );
}

export function TabBar({ scope }: { scope: string }) {
  const user = useUser();
  const [opened, setOpened] = useState(false);
  if (!user) return null;
  const places = placesOf(user, scope);
  const first = places.length > 5 ? places.slice(0, 4) : places;
  const rest = places.slice(first.length);
  return (
    <>
      <nav className="tabbar" aria-label="Pages">
        {first.map(({ path, label, icon: Icon }) => (
          <Link key={path} to={`/${scope}/${path}`} activeOptions={{ includeSearch: false }}>
            <Icon size={21} stroke={1.7} aria-hidden />
            {label}
          </Link>
        ))}
        {rest.length > 0 && (
          <button type="button" onClick={() => setOpened(true)} aria-haspopup="dialog">
            <IconDots size={21} aria-hidden />
            More
          </button>
        )}
      </nav>
      <Drawer
        opened={opened}
        onClose={() => setOpened(false)}
        position="bottom"
        size="auto"
        title={
          <Title order={2} fz={17}>
            More
          </Title>
        }
      >
        <nav aria-label="More pages">
          {rest.map(({ path, label, icon: Icon, count: Count }) => (
            <Link key={path} to={`/${scope}/${path}`} className="navlink" style={{ padding: "12px 10px" }} onClick={() => setOpened(false)}>
              <Icon size={20} stroke={1.7} aria-hidden />
              {label}
              {Count && <Count />}
            </Link>
          ))}
        </nav>
      </Drawer>
    </>
  );
}

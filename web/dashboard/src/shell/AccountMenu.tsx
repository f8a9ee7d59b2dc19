import { Group, Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { signOut, useUser } from "../auth/session.ts";
import { words } from "../ui/bits.tsx";
import { useScope } from "./stores.tsx";

export function AccountMenu({ compact }: { compact?: boolean }) {
  const user = useUser();
  const scope = useScope();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  if (!user) return null;
  const schemes = [
    ["light", "Light", IconSun],
    ["dark", "Dark", IconMoon],
    ["auto", "As the device", IconDeviceDesktop],
  ] as const;
  return (
    <Menu position={compact ? "bottom-end" : "top-start"} width={216}>
      <Menu.Target>
        <UnstyledButton className={compact ? undefined : "switch"} aria-label={compact ? `Account of ${user.name}` : undefined}>
          <Group gap={10} wrap="nowrap">
            <span className="chip" aria-hidden style={{ borderRadius: 999 }}>
              {user.name.charAt(0).toUpperCase()}
            </span>
            {!compact && (
              <span style={{ minWidth: 0 }}>
                <Text size="sm" fw={600} truncate lh={1.25}>
                  {user.name}
                </Text>
                <Text size="xs" c="dimmed" truncate lh={1.25}>
                  {user.roles.map(words).join(", ")}
                </Text>
              </span>
            )}
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item leftSection={<IconUserCircle size={16} />} onClick={() => void navigate({ to: `/${scope}/account` })}>
          Account and security
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Colours</Menu.Label>
        {schemes.map(([value, label, Icon]) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(value)}
            rightSection={colorScheme === value ? "✓" : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

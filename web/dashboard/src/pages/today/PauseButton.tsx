//! Takes no more orders for a while, and takes them again.

import { Button, Menu } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import type { Store } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";

const REASONS = ["Too busy", "Out of something we need", "Equipment is down", "Closing early"];

export function PauseButton({ store }: { store: Store }) {
  const user = useUser();
  const params = { path: { id: store.id } };
  const resume = useAction((_: string) => take(http.POST("/api/v1/stores/{id}/resume", { params })), {
    done: "The store takes orders again",
    stale: [["stores"]],
  });
  const pause = useAction((reason: string) => take(http.POST("/api/v1/stores/{id}/pause", { params, body: { reason } })), {
    done: "Paused: no new orders from now on. Those under way go on",
    undo: () => take(http.POST("/api/v1/stores/{id}/resume", { params })),
    stale: [["stores"]],
  });
  if (!may(user, "POST /stores/{id}/pause")) return null;
  if (store.paused) {
    return (
      <Button leftSection={<IconPlayerPlay size={16} />} loading={resume.isPending} onClick={() => resume.mutate("")}>
        Take orders again
      </Button>
    );
  }
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" leftSection={<IconPlayerPause size={16} />} loading={pause.isPending}>
          Pause orders
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Why? Customers see it.</Menu.Label>
        {REASONS.map((reason) => (
          <Menu.Item key={reason} onClick={() => pause.mutate(reason)}>
            {reason}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

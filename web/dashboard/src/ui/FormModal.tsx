//! A form in a modal: what went wrong on top, the fields, and at the foot on the right what closes it and what sends it.

import { Box, Button, Group, type ModalProps, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemView } from "./problem.tsx";
import { Modal } from "./Window.tsx";

interface FormModalProps {
  title: ReactNode;
  size?: ModalProps["size"];
  close: () => void;
  /** What the form does: its problem stands on top, and nothing is sent twice while it is under way. */
  action?: { error?: unknown; isPending: boolean };
  /** The word on the button that sends the form. */
  submit: ReactNode;
  /** Of that button: what cannot be taken back is in red. */
  color?: string;
  /** While something is missing or wrong. */
  disabled?: boolean;
  onSubmit: () => void;
  /** The word on the button that closes the form. */
  cancel?: string;
  /** Something else that can be done from here: at the foot on the left. */
  beside?: ReactNode;
  children: ReactNode;
}

export function FormModal({
  title,
  size,
  close,
  action,
  submit,
  color,
  disabled,
  onSubmit,
  cancel = "Cancel",
  beside,
  children,
}: FormModalProps) {
  return (
    <Modal opened onClose={close} title={title} size={size}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack>
          {Boolean(action?.error) && <ProblemView error={action?.error} compact />}
          {children}
          <Group justify="flex-end" gap="sm">
            {beside && <Box mr="auto">{beside}</Box>}
            <Button variant="default" onClick={close}>
              {cancel}
            </Button>
            <Button type="submit" color={color} loading={action?.isPending} disabled={disabled}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

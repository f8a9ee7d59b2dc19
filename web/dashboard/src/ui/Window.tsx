//! Modals and drawers that give the focus back to what opened them, also where they are taken away as a whole: the library does so only
//! for those that stay and are closed.

import { type DrawerProps, Drawer as LibraryDrawer, Modal as LibraryModal, type ModalProps } from "@mantine/core";
import { useEffect, useState } from "react";

function useFocusBack() {
  // What had the focus when this was first drawn, before anything within takes it.
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // Later: whoever closes it may send the focus elsewhere, and that stays.
      setTimeout(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}

export function Modal(props: ModalProps) {
  useFocusBack();
  return <LibraryModal {...props} />;
}

export function Drawer(props: DrawerProps) {
  useFocusBack();
  return <LibraryDrawer {...props} />;
}

//! Something laid over the page: from below on a phone, in the middle of a desk. The browser's own dialog holds the focus, closes by
//! Escape, and gives the focus back.

import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useI18n } from "../i18n/index.tsx";
import { Icon } from "./Icon.tsx";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Stays in sight while the rest scrolls. */
  footer?: ReactNode;
  /** Drawn above the title. */
  art?: ReactNode;
  small?: boolean;
}

export function Sheet({ title, onClose, children, footer, art, small = false }: SheetProps) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  // Before it is taken out of the page: a dialog that is gone gives no focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    // Escape does for the keyboard what the click outside does for the mouse.
    // biome-ignore lint/a11y/useKeyWithClickEvents: a dialog has Escape of its own
    <dialog
      ref={dialog}
      className={small ? "sheet small" : "sheet"}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="sheet-box">
        <button type="button" className="icon-button sheet-close" onClick={onClose} aria-label={t("app.close")}>
          <Icon name="close" />
        </button>
        <div className="sheet-body">
          {art}
          <h2 id={name} tabIndex={-1}>
            {title}
          </h2>
          {children}
        </div>
        {footer && <div className="sheet-footer">{footer}</div>}
      </div>
    </dialog>
  );
}

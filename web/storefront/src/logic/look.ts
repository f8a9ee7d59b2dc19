//! Light or dark: as the device has it, or as somebody chose.

import { kept } from "./keep.ts";

export type Look = "auto" | "light" | "dark";
export const LOOKS: readonly Look[] = ["auto", "light", "dark"];

export const look = kept<Look>("kirana.look", "auto", (value): value is Look => LOOKS.includes(value as Look));

export function applyLook(): void {
  const apply = () => {
    const now = look.get();
    if (now === "auto") document.documentElement.removeAttribute("data-look");
    else document.documentElement.dataset.look = now;
  };
  apply();
  look.subscribe(apply);
}

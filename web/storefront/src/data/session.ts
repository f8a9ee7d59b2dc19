//! Who is signed in, for React.

import type { User } from "@kirana/api";
import { useSyncExternalStore } from "react";
import { sessions } from "../api.ts";

export function useUser(): User | undefined {
  return useSyncExternalStore(sessions.subscribe, () => sessions.current)?.user;
}

//! How it goes: today against last week, what is under way, what is missing. One store, or the roll-up of all one may see.

import { useScope, useStore } from "../../shell/stores.tsx";
import { RollUp } from "./RollUp.tsx";
import { StoreToday } from "./StoreToday.tsx";

export function Today() {
  const store = useStore();
  return useScope() === "all" || !store ? <RollUp /> : <StoreToday store={store} />;
}

//! Where the device says it is, when somebody asks it to.

import { useState } from "react";
import type { Place } from "../data/stores.ts";

/** How exactly a place is kept: parts of a degree. A hundred metres find a store, ten find a street. */
export type Exactness = 1_000 | 10_000;

export function useHere(exactness: Exactness = 1_000, onFound?: (place: Place) => void) {
  const [place, setPlace] = useState<Place>();
  const [state, setState] = useState<"idle" | "asking" | "refused">("idle");
  const ask = () => {
    if (!navigator.geolocation) return setState("refused");
    setState("asking");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const rounded = (degrees: number) => Math.round(degrees * exactness) / exactness;
        const found = { lat: rounded(coords.latitude), lng: rounded(coords.longitude) };
        setPlace(found);
        setState("idle");
        onFound?.(found);
      },
      () => setState("refused"),
      { maximumAge: 300_000, timeout: 10_000 },
    );
  };
  /** Asks where that was allowed before: nobody is asked anything then. */
  const askIfGranted = () => {
    navigator.permissions
      ?.query({ name: "geolocation" })
      .then((said) => said.state === "granted" && ask())
      // A browser that does not say: the button is there.
      .catch(() => {});
  };
  return { place, state, ask, askIfGranted };
}

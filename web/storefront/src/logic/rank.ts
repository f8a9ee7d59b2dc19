//! In which order stores are shown: what is open before what is closed, then the nearest, or by name where no place is known.

export interface Ranked {
  id: string;
  name: string;
  distance_m?: number | null;
}

/** Sorted anew; `last` is the store one ordered from, which comes first among those that are as open, unless distances are known. */
export function ranked<S extends Ranked>(stores: readonly S[], isOpen: (store: S) => boolean, last?: string | null): S[] {
  const rows = stores.map((store) => ({
    store,
    shut: isOpen(store) ? 0 : 1,
    far: store.distance_m ?? Number.POSITIVE_INFINITY,
    other: store.id === last ? 0 : 1,
  }));
  // Two that are nowhere are as far: infinity less infinity is no number.
  const nearer = (a: number, b: number) => (a === b ? 0 : a - b);
  return rows
    .sort((a, b) => a.shut - b.shut || nearer(a.far, b.far) || a.other - b.other || a.store.name.localeCompare(b.store.name))
    .map(({ store }) => store);
}

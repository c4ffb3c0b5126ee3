import type { Happening, View } from '@dragoman/core';

/** What an event says to one view. */
export type Sayings<Said> = (event: Happening, view: View) => readonly Said[];

/** Works out once what an event says to a view: the same frames for everybody who hears it. */
export function sayOnce<Said>(translate: Sayings<Said>): Sayings<Said> {
  const known = new WeakMap<Happening, Map<View, readonly Said[]>>();
  return (event, view) => {
    const views = known.get(event) ?? new Map<View, readonly Said[]>();
    known.set(event, views);
    const said = views.get(view) ?? translate(event, view);
    views.set(view, said);
    return said;
  };
}

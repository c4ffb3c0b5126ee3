/** A page with every side of every protocol on it; for the development profile alone, whose credentials it uses. */
export interface Playground {
  /** Below which it is served. */
  readonly path: string;
  /** Where its files lie once they are built. */
  readonly folder: URL;
}

export function createPlayground(): Playground {
  return { path: '/playground', folder: new URL('../build/', import.meta.url) };
}

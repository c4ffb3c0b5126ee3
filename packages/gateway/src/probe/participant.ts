/** Where the probe's own copy of an adapter is reached, and with what it lets the probe in. */
export interface Place {
  /** Of the listener, without a path. */
  readonly url: string;
  /** Below which the copy is served. */
  readonly path: string;
  /** A customer's, and an operator's. */
  readonly credentials: { readonly customer: string; readonly operator: string };
}

/** Somebody on the wire of one dialect. */
export interface Participant {
  /** As a customer: to whoever answers. Resolves when it is on its way. */
  say(text: string): Promise<void>;
  close(): void;
}

/** Told of each text of the other side, with a way to answer where it was said. */
export type Hear = (text: string, answer: (text: string) => Promise<void>) => void;

/** The sides that one dialect has on its wire. Each resolves when it can be spoken to. */
export interface Sides {
  readonly customer: (place: Place, hear: Hear) => Promise<Participant>;
  /** Absent: the dialect has none. */
  readonly operator?: (place: Place, hear: Hear) => Promise<Participant>;
}

/** One request of a participant, and what came of it; throws for any status but 200 and 201. */
export async function ask(url: string, body: string | undefined, more: RequestInit = {}): Promise<string> {
  const response = await fetch(url, { ...(body !== undefined && { method: 'POST', body }), ...more });
  const text = await response.text();
  if (response.status > 201) throw new Error(`${response.status} at ${new URL(url).pathname}`);
  return text;
}

export const json = { 'content-type': 'application/json' } as const;

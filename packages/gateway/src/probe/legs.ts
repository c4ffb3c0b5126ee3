import type { Adapter, WorkspaceConfig } from '@dragoman/core';
import type { Hear, Participant } from './participant.js';

/** One adapter of the config, as the probe sees it. */
export interface Leg {
  /** The adapter's name. */
  readonly name: string;
  /** The same adapter once more, for nobody but the probe. Undefined: it has no copy, and is only asked how it fares. */
  readonly copy: LegCopy | undefined;
  /** Why the real one does not answer on its wire; undefined: it does. Rejections count as such, too. */
  hello(): Promise<string | undefined>;
}

export interface LegCopy {
  /** The sides that the adapter has on its wire. */
  readonly sides: ReadonlySet<Side>;
  /** Who gets the chats of a workspace in which its operators are met. Default: the workspace's own routing. */
  readonly delegations?: WorkspaceConfig['delegations'];
  /** For one meeting. */
  open(): OpenCopy;
}

export type Side = 'customer' | 'operator';

export interface OpenCopy {
  /** Not started yet. */
  readonly adapter: Adapter;
  /** Somebody on the wire of the adapter, once it is started; resolves when he can be spoken to. */
  enter(side: Side, hear: Hear): Promise<Participant>;
}

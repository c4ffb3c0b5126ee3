import type { CoreOptions } from '../../runtime/core.js';
import type { RejectionCode } from '../../outcome.js';
import type { Adapter } from '../../adapter.js';
import type { Capabilities, CapabilityName } from '../../capabilities.js';

/** The functions of a test framework that the suite needs; those of mocha, vitest and node:test fit. */
export interface TestFunctions {
  describe(name: string, body: () => void): unknown;
  /** Without a body: a test that is named and not run. */
  it(name: string, body?: () => Promise<void>): unknown;
}

/** A client of the dialect, as real as the author can make it. */
export interface SubjectClient {
  /** A customer begins a chat, or finds the one he has; an operator shows himself ready to work. */
  open(): Promise<void>;
  /** Says something: a customer in his chat, an operator in the chat he heard last. Resolves when it has been sent. */
  post(text: string): Promise<void>;
  /** Hangs up. Twice is fine. */
  close(): Promise<void>;
  /** The texts this client was shown, oldest first; its own too where the dialect shows them. */
  heard(): readonly string[];
  /** The refusals this client was told, oldest first, in the words of the dialect. */
  refused(): readonly string[];
  /** How many frames of any kind have come; heartbeats do not count. */
  frames(): number;
  /** Whether the other side has ended the connection, or told the client to go. */
  isClosed(): boolean;
  /** Sends something that is no frame of the dialect. */
  babble(): Promise<void>;
  /** Stops reading for ever. Absent: cannot be shown with this client. */
  stall?(): void;
  /**
   * For every declared capability beside text: does it once, in the chat of the client. What it is told when it asks for
   * the history, it was shown.
   */
  readonly does?: Readonly<Partial<Record<CapabilityName, () => Promise<void>>>>;
}

/** An adapter that is not started yet, with the means to reach it. */
export interface Subject {
  readonly adapter: Adapter;
  /** Connects somebody who may. Rejects when there is nothing to connect to. The same id is the same person. */
  customer(id: string): Promise<SubjectClient>;
  operator(id: string): Promise<SubjectClient>;
  /** Closes what `open` opened beside the adapter. */
  close?(): Promise<void>;
}

/** Nothing is said: the client sees the refusal by what does not happen. */
export const silence: unique symbol = Symbol('silence');

/** What the suite has to be told of an adapter. */
export interface AdapterSubject {
  readonly name: string;
  /** What the adapter declares; the tests follow from it. */
  readonly capabilities: Capabilities;
  /** Called once for each test. The adapter works in the workspace `default`. */
  open(): Promise<Subject>;
  /** How the core of each test is set up, for a dialect that works only where routing knows it. Default: not at all. */
  readonly core?: CoreOptions;
  /** What a customer is told when his message is refused with this code, as `refused()` shows it. */
  readonly refusals: Readonly<Record<RejectionCode, string | typeof silence>>;
  /** Tests that do not apply to the dialect, by their names, each with the reason. */
  readonly skips?: Readonly<Record<string, string>>;
}

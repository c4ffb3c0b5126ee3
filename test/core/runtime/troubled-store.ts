import { StoreError } from '@dragoman/core';
import type { AppendRequest, AppendResult, Store, StoreErrorCode } from '@dragoman/core';

/** What becomes of one request: taken, refused, or written though the answer is lost. */
export type Fate = StoreErrorCode | 'written' | undefined;

/** A store with troubles as they are told to it. */
export interface TroubledStore extends Store {
  /** How many requests came in each batch. */
  readonly batches: number[];
  /** What becomes of the next requests, in their order; those after them are taken. */
  failNext(...fates: Fate[]): void;
  /** So many of the next questions of this kind fail. */
  failCalls(kind: 'readStream' | 'loadBookmarks' | 'saveBookmarks', count: number): void;
  /** Batches wait from now on, until the returned function is called. */
  hold(): () => void;
  /** Batches are written, and their answers wait until the returned function is called. */
  holdAnswers(): () => void;
  /** The answer to the next reading of a stream is on its way until the returned function is called. */
  holdRead(): () => void;
}

export function troubled(store: Store): TroubledStore {
  const fates: Fate[] = [];
  const batches: number[] = [];
  const unread = new Map<string, number>();
  let held = Promise.resolve();
  let answersHeld = Promise.resolve();
  const slowReads: Promise<void>[] = [];

  async function one(request: AppendRequest): Promise<AppendResult> {
    const fate = fates.shift();
    if (fate === undefined || fate === 'written') {
      const [result] = await store.appendMany([request]);
      if (result !== undefined && fate === undefined) return result;
    }
    const code = fate === undefined || fate === 'written' ? 'OutcomeUnknown' : fate;
    return { ok: false, error: new StoreError(code, 'told to fail') };
  }

  const troubles: Partial<TroubledStore> = {
    batches,
    failNext: (...next) => void fates.push(...next),
    failCalls: (kind, count) => void unread.set(kind, count),
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => (release = resolve));
      return () => release();
    },
    holdAnswers() {
      let release = (): void => {};
      answersHeld = new Promise((resolve) => (release = resolve));
      return () => release();
    },
    holdRead() {
      let release = (): void => {};
      slowReads.push(new Promise((resolve) => (release = resolve)));
      return () => release();
    },
    async readStream(...asked) {
      if (failsNow('readStream')) throw new StoreError('Unavailable', 'told to fail');
      const slow = slowReads.shift();
      const events = await store.readStream(...asked);
      await slow;
      return events;
    },
    async loadBookmarks(...asked) {
      if (failsNow('loadBookmarks')) throw new StoreError('Unavailable', 'told to fail');
      return store.loadBookmarks(...asked);
    },
    async saveBookmarks(bookmarks) {
      if (failsNow('saveBookmarks')) throw new StoreError('Unavailable', 'told to fail');
      return store.saveBookmarks(bookmarks);
    },
    async appendMany(requests) {
      batches.push(requests.length);
      await held;
      const results: AppendResult[] = [];
      for (const request of requests) results.push(await one(request));
      await answersHeld;
      return results;
    },
  };

  function failsNow(kind: string): boolean {
    const left = unread.get(kind) ?? 0;
    unread.set(kind, Math.max(left - 1, 0));
    return left > 0;
  }

  return new Proxy(store, {
    get(target, name) {
      if (name in troubles) return Reflect.get(troubles, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  }) as TroubledStore;
}

import type { Scope } from '@dragoman/adapter-http';
import type { ChatStatus, Sighting } from '@dragoman/core';
import type { AdapterConfig } from '../dialects/index.js';

// Help and completion answer at once because nothing is loaded for them. So these words are written here once more; a type
// that grows, or loses a word, does not compile until they follow.
const wordsOf = <Word extends string>(all: Readonly<Record<Word, true>>): readonly Word[] =>
  Object.keys(all).filter((word): word is Word => Object.hasOwn(all, word));

/** What a gateway can speak, in the order in which it is shown. */
export const dialectNames = wordsOf<AdapterConfig['dialect']>({
  happychat: true,
  tickets: true,
  convead: true,
  clustaar: true,
  sermo: true,
  http: true,
});

/** What a chat can be. */
export const statusNames = wordsOf<ChatStatus>({
  new: true,
  'with-bot': true,
  pending: true,
  assigned: true,
  missed: true,
  abandoned: true,
  'customer-disconnected': true,
  released: true,
  closed: true,
});

/** What the key of a backend may do. */
export const scopeNames = wordsOf<Scope>({
  read: true,
  events: true,
  customers: true,
  operators: true,
  bots: true,
  routing: true,
  webhooks: true,
  privacy: true,
});

/** What can be seen of a gateway that serves. */
export const sightingNames = wordsOf<Sighting['type']>({
  'connection-opened': true,
  'connection-closed': true,
  'session-opened': true,
  'session-ended': true,
  frame: true,
  command: true,
  delivery: true,
  written: true,
  commit: true,
  queue: true,
});

/** What a token can let its bearer be. */
export const roleNames = ['customer', 'operator', 'supervisor', 'bot', 'monitor', 'program'] as const;

/** Shells that complete for us. */
export const shellNames = ['bash', 'zsh', 'fish'] as const;

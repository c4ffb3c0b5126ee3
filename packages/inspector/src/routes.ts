import type { IncomingMessage } from 'node:http';
import type { Adapter } from '@dragoman/core';
import type { Journal } from './journal.js';
import type { Office, Part } from './office.js';

/** What the routes answer from. */
export interface Sources {
  readonly offices: readonly Office[];
  readonly adapters: readonly Adapter[];
  readonly journal: Journal;
}

/** Undefined: there is no such thing. */
type Body = object | undefined;

interface Asked {
  readonly office: Office;
  /** Parts of the path, decoded. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly answer: (asked: Asked) => Body | Promise<Body>;
}

/** Of any list, so many at once. */
const listLimit = 100;

/** From which one on. */
function partIn(query: URLSearchParams): Part {
  const first = Number(query.get('first') ?? 0);
  return { first: Number.isSafeInteger(first) && first > 0 ? first : 0, limit: listLimit };
}

function adapterRow(adapter: Adapter, journal: Journal) {
  const { commands, refused } = journal.askedOf(adapter.name);
  const clients = journal.clients.filter(({ space }) => space === adapter.name);
  return {
    name: adapter.name,
    problems: adapter.health?.().problems ?? [],
    waiting: adapter.health?.().waiting ?? 0,
    lagMs: adapter.health?.().lagMs ?? 0,
    commands,
    refused: [...refused].map(([code, count]) => ({ code, count })),
    clients,
  };
}

/** Of every adapter; one whose letters lie where nobody reaches them hides not those of the others. */
async function lettersOf(adapters: readonly Adapter[], { first, limit }: Part) {
  const found = await Promise.allSettled(adapters.map(async ({ deadLetters }) => (await deadLetters?.all()) ?? []));
  const all = found.flatMap((one, index) =>
    one.status === 'rejected' ? [] : one.value.map((letter) => ({ ...letter, adapter: adapters[index]?.name })),
  );
  return {
    deadLetters: all.slice(first, first + limit),
    total: all.length,
    unread: adapters.filter((_, index) => found[index]?.status === 'rejected').map(({ name }) => name),
  };
}

export function routesOf({ offices, adapters, journal }: Sources): readonly Route[] {
  return [
    { method: 'GET', path: /^\/workspaces$/, answer: () => ({ workspaces: offices.map((one) => one.workspaceId) }) },
    {
      method: 'GET',
      path: /^\/chats$/,
      answer({ office, query }) {
        const asked = (key: string): string | undefined => query.get(key) || undefined;
        const filter = { status: asked('status'), space: asked('space'), text: asked('text') };
        return office.chats(filter, partIn(query));
      },
    },
    {
      method: 'GET',
      path: /^\/chats\/([^/]+)$/,
      answer: ({ office, names: [id = ''] }) => office.timeline(id),
    },
    { method: 'GET', path: /^\/messages\/([^/]+)$/, answer: ({ office, names: [id = ''] }) => office.trace(id) },
    { method: 'GET', path: /^\/queue$/, answer: ({ office, query }) => office.queue(partIn(query)) },
    { method: 'GET', path: /^\/operators$/, answer: ({ office, query }) => office.operators(partIn(query)) },
    {
      method: 'GET',
      path: /^\/adapters$/,
      answer: () => ({ adapters: adapters.map((adapter) => adapterRow(adapter, journal)) }),
    },
    { method: 'GET', path: /^\/dead-letters$/, answer: ({ query }) => lettersOf(adapters, partIn(query)) },
    {
      method: 'POST',
      path: /^\/dead-letters\/([^/]+)\/([^/]+)\/redrive$/,
      async answer({ names: [name, id = ''] }) {
        const adapter = adapters.find((one) => one.name === name);
        const isKnown = (await adapter?.deadLetters?.redrive(id)) ?? false;
        return isKnown ? { redriven: id } : undefined;
      },
    },
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The answer to a request below a prefix, not asked yet; undefined: no route leads there. */
export function findRoute(
  routes: readonly Route[],
  { method, url = '' }: IncomingMessage,
  { prefix, offices }: { readonly prefix: string; readonly offices: readonly Office[] },
): (() => Body | Promise<Body>) | undefined {
  const [path = '', ...search] = url.slice(prefix.length).split('?');
  const route = routes.find((one) => one.method === method && one.path.test(path));
  const query = new URLSearchParams(search.join('?'));
  const workspace = query.get('workspace') ?? offices[0]?.workspaceId;
  const office = offices.find((one) => one.workspaceId === workspace);
  if (route === undefined || office === undefined) return undefined;
  const [, ...names] = route.path.exec(path) ?? [];
  return () => route.answer({ office, names: names.map(decoded), query });
}

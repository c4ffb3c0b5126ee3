import type { Ear } from './clients.js';
import { applyPatch } from './patches.js';

type Heard = Ear['heard'];

/** What stands in a place of something that came over the wire; undefined when the place is not there. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((place, key) => Reflect.get(Object(place), key), value);
}

/** Texts of the messages under one name, oldest first. */
export function texts(ear: Ear, name: 'message' | 'chat.message'): unknown[] {
  return ear.heard.filter((frame) => frame.name === name).map(({ args }) => at(args.at(-1), 'text'));
}

/** Texts of a log. */
export function textsIn(log: unknown): unknown[] {
  return Array.isArray(log) ? log.map((message) => at(message, 'text')) : [];
}

export function statuses(ear: Ear): unknown[] {
  return ear.heard.filter(({ name }) => name === 'status').map(({ args }) => args[0]);
}

/** The message of that text, in whatever frame it came. */
export function message(ear: Ear, text: string): unknown {
  return ear.heard.map(({ args }) => args.at(-1)).find((last) => at(last, 'text') === text);
}

/** The chats that were opened in front of an operator, in this order. */
export function opened(ear: Ear): unknown[] {
  return ear.heard.filter(({ name }) => name === 'chat.open').map(({ args }) => at(args[0], 'id'));
}

export function hasText(text: string): (heard: Heard) => boolean {
  return (heard) => heard.some(({ args }) => at(args.at(-1), 'text') === text);
}

export function hasStatus(status: string): (heard: Heard) => boolean {
  return (heard) => heard.some(({ name, args }) => name === 'status' && args[0] === status);
}

export function hasOpened(count: number): (heard: Heard) => boolean {
  return (heard) => heard.filter(({ name }) => name === 'log').length >= count;
}

/** Follows the state as the original's client does: an update counts when it starts from the version held. */
export function followed(ear: Ear): { readonly version: unknown; readonly state: unknown } {
  let [version, state]: readonly unknown[] = [];
  for (const { name, args } of ear.heard) {
    if (name === 'broadcast.state') [version, state] = args;
    if (name !== 'broadcast.update' || args[0] !== version) continue;
    version = args[1];
    state = applyPatch(state, args[2]);
  }
  return { version, state };
}

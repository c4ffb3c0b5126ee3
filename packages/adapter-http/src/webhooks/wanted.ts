import type { ChatEvent } from '@dragoman/core';
import type { RecordedType } from '../wire/event.js';

/** Whether events of a type are asked for; every one if none is named. */
export function eventTypeOf(types: readonly RecordedType[] | undefined): (type: ChatEvent['type']) => boolean {
  const wanted = new Set<ChatEvent['type']>(types);
  return (type) => types === undefined || wanted.has(type);
}

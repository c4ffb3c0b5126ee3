import type { FrameSeen, Sighting } from '@dragoman/core';
import { dialects, schemaOf } from './document.js';
import { misfit, type Literal } from './fit.js';

type Read = (text: string, seen: FrameSeen) => readonly Omit<Literal, 'claim' | 'way'>[];

/** A packet of an event, in either generation of the protocol; others say nothing of a dialect. */
function socketioEvent(text: string, main: string): ReturnType<Read> {
  const [, namespace = main, , json = ''] = /^4?2(?:(\/[^,?]*)(?:\?[^,]*)?,)?(\d*)(\[.*)$/s.exec(text) ?? [];
  if (json === '') return [];
  const frame: readonly unknown[] = JSON.parse(json);
  return [{ channel: namespace, name: String(frame[0]), frame }];
}

interface BayeuxMessage {
  readonly channel?: string;
  readonly data?: { readonly entity?: string };
}
const families = new Map([
  ['service', 'service'],
  ['conversations', 'conversation'],
  ['notifications', 'notifications'],
]);

const readings: Readonly<Record<string, Read>> = {
  happychat: (text) => socketioEvent(text, '/'),
  tickets: (text) => socketioEvent(text, '/'),
  convead(text) {
    if (!/^[[{]/.test(text)) return [];
    const batch: readonly BayeuxMessage[] = [JSON.parse(text)].flat();
    return batch.flatMap(({ channel = '', data }) => {
      const family = families.get(channel.split('/')[1] ?? '');
      return family === undefined || data === undefined
        ? []
        : [{ channel: family, name: data.entity ?? '', frame: data }];
    });
  },
  clustaar(text) {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value) || !String(value[2]).startsWith('interlocutor:')) return [];
    return [{ channel: 'interlocutor', name: String(value[3]), frame: value }];
  },
  sermo(text, { connectionId }) {
    const frame: { readonly type: string } = JSON.parse(text);
    const channel = connectionId?.includes('inbound') === true ? 'inbound' : 'outbound';
    return [{ channel, name: frame.type, frame }];
  },
};

/** Looks on while clients of any dialect talk, and holds every frame against the AsyncAPI documents. */
export class FrameWatch {
  /** Frames that were held against a description, by dialect. */
  readonly seen = new Map<string, number>();
  readonly misfits = new Set<string>();

  readonly observe = (sighting: Sighting): void => {
    if (sighting.type !== 'frame') return;
    const dialect = dialects.find(({ id }) => id === sighting.space);
    const read = readings[sighting.space];
    if (dialect === undefined || read === undefined) return;
    const text = typeof sighting.data === 'string' ? sighting.data : new TextDecoder().decode(sighting.data);
    const way = sighting.way === 'in' ? 'receives' : 'sends';
    for (const literal of read(text, sighting)) {
      this.seen.set(dialect.id, (this.seen.get(dialect.id) ?? 0) + 1);
      const wrong = misfit(schemaOf(dialect, literal.channel, way, literal.name), { ...literal, way, claim: 'live' });
      for (const one of wrong) this.misfits.add(`${dialect.title}, ${way}: ${one}`);
    }
  };
}

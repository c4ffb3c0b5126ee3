import type { ChatId, Command, Happening, Sighting } from '@dragoman/core';

/** A sighting as tools get it: flat facts first; what people wrote stands in `detail` and `data` alone. */
export interface ShownSighting {
  readonly type: Sighting['type'];
  readonly at: number;
  readonly [fact: string]: unknown;
}

/** Facts that name nobody and quote nobody. */
export function shown(sighting: Sighting): ShownSighting {
  switch (sighting.type) {
    case 'command': {
      const { command, outcome, ...facts } = sighting;
      const answer = outcome.ok ? 'OK' : outcome.rejection.code;
      return { ...facts, command: command.type, outcome: answer, chatId: chatOf(sighting) };
    }
    case 'delivery': {
      const { event, ...facts } = sighting;
      return { ...facts, event: event.type, chatId: chatOf(sighting), ...envelopeOf(event) };
    }
    case 'frame': {
      const { data, ...facts } = sighting;
      return { ...facts, units: data.length };
    }
    default:
      return { ...sighting };
  }
}

/** The same with everything in it but credentials. */
export function shownWhole(sighting: Sighting): ShownSighting {
  const facts = shown(sighting);
  switch (sighting.type) {
    case 'command':
      return { ...facts, detail: { command: sighting.command, outcome: sighting.outcome } };
    case 'delivery':
      return { ...facts, detail: sighting.event };
    case 'frame':
      return { ...facts, data: readable(sighting.data) };
    default:
      return facts;
  }
}

/** Which chat it is about; null: none, or none that is known yet. */
export function chatOf(sighting: Sighting): ChatId | null {
  if (sighting.type === 'delivery') return 'chatId' in sighting.event ? sighting.event.chatId : null;
  if (sighting.type === 'written') return sighting.chatId;
  if (sighting.type !== 'command') return null;
  const { command, outcome } = sighting;
  return (outcome.ok ? outcome.chat?.id : undefined) ?? namedBy(command);
}

function namedBy(command: Command): ChatId | null {
  const ref = command.type === 'HandOver' ? command.chat : 'to' in command ? command.to : undefined;
  return ref !== undefined && 'chatId' in ref ? ref.chatId : null;
}

function envelopeOf(event: Happening): object {
  if (!('eventId' in event)) return {};
  const { eventId, commandId, version, number } = event;
  return { eventId, commandId, version, number, decidedAt: event.at };
}

/** A frame as text without credentials. Events of brokers are JSON in bytes; other bytes are shown as base64. */
export function readable(data: string | Uint8Array): string {
  return typeof data === 'string' ? withoutCredentials(data) : textOf(data);
}

function textOf(bytes: Uint8Array): string {
  try {
    return withoutCredentials(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return Buffer.from(bytes).toString('base64');
  }
}

const secretWords =
  '(?:jwt|token|[a-z_]*[tT]oken|credential|bearer|[a-z_]*secret|password|authorization|cookie|signature)';
const inJson = new RegExp(`((?:\\\\*")${secretWords}(?:\\\\*")\\s*:\\s*(?:\\\\*"))[^"\\\\]*`, 'g');
const inQuery = new RegExp(`([?&]|^)(${secretWords})=[^&\\s]*`, 'gm');

/** As text, because frames of every protocol hold them in other places; a JSON text inside a JSON text too. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(inJson, '$1[hidden]').replaceAll(inQuery, '$1$2=[hidden]');
}

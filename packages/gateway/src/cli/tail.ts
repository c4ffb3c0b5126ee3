import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { ShownSighting } from '../operations/redaction.js';
import { Ending } from './ending.js';
import { ask, queryOf, reachOf } from './live/reach.js';
import type { ReachOptions } from './options.js';
import type { Said, Terminal } from './terminal.js';

/** What somebody who looks on wants to see. */
export interface TailOptions extends ReachOptions, Said {
  readonly type?: readonly ShownSighting['type'][];
  readonly space?: string;
  readonly chat?: string;
  readonly texts?: true;
}

const whenUnserved = 'the gateway shows it where its config says "operations": { "sightings": true }, with a key';

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
const joined = (...parts: readonly unknown[]): string => parts.map(text).filter(Boolean).join(' ');

/** What is special about a sighting, in words. */
function aboutOf({ type, at: _, space: __, ...facts }: ShownSighting): string {
  const { command, event, outcome, tookMs, chatId, participantId, connectionId, way, units, reason } = facts;
  const told = facts['data'] ?? facts['detail'];
  const shown = told === undefined ? '' : typeof told === 'string' ? told : JSON.stringify(told);
  const took = typeof tookMs === 'number' ? `${tookMs.toFixed(1)} ms` : '';
  const chat = chatId === undefined || chatId === null ? '' : `chat ${text(chatId)}`;
  switch (type) {
    case 'command':
      return joined(command, outcome, took, chat, `by ${text(participantId)}`, shown);
    case 'delivery':
      return joined(event, chat, `to ${text(participantId)}`, shown);
    case 'frame':
      return joined(way, text(connectionId), units === undefined ? '' : `${text(units)} units`, shown);
    case 'commit':
      return joined(`${text(facts['requests'])} requests, ${text(facts['events'])} events`, took);
    case 'queue':
      return joined(`${text(facts['chats'])} chats wait`);
    case 'connection-opened':
      return joined(connectionId, facts['transport'], facts['client']);
    default:
      return joined(participantId, connectionId, reason);
  }
}

function lineOf(sighting: ShownSighting): string {
  const time = new Date(sighting.at).toISOString().slice(11, 23);
  return `${time}  ${sighting.type.padEnd(17)} ${text(sighting['space']).padEnd(9)} ${aboutOf(sighting)}\n`;
}

function wishesOf({ type, space, chat, texts }: TailOptions): string {
  return queryOf({ types: type?.join(','), space, chat, texts: texts === true ? '1' : undefined });
}

async function show(body: ReadableStream<Uint8Array>, { json }: TailOptions, { out, err }: Terminal): Promise<void> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of events) {
    if (event === 'gap') err(`dragoman: more happened than could be shown: ${data}\n`);
    else out(json === true ? `${data}\n` : lineOf(JSON.parse(data) as ShownSighting));
  }
}

/** Shows what happens at a gateway until it is told to end. */
export async function tail(options: TailOptions, terminal: Terminal): Promise<void> {
  const { operations, operationsKey: key } = await reachOf(options, terminal);
  const leaving = new AbortController();
  const ended = terminal.ended().then(() => leaving.abort());
  try {
    const url = `${operations}/operations/sightings?${wishesOf(options)}`;
    if (terminal.isInteractive) terminal.err(`looking on at ${operations}; Ctrl-C ends it\n`);
    const { body } = await ask({ url, key, keyName: 'DRAGOMAN_OPERATIONS_KEY', whenUnserved, signal: leaving.signal });
    if (body !== null) await show(body, options, terminal);
  } catch (error) {
    if (leaving.signal.aborted) return ended;
    if (error instanceof Ending) throw error;
  }
  throw new Ending('unavailable', 'the gateway has gone away', 'see that it serves, then look on again');
}

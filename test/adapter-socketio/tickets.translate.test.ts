import {
  parseAccept,
  parseAssign,
  parseCreate,
  parseMessage,
  parseReceipt,
  parseStatus,
  parseToken,
  parseTyping,
  parseUser,
  toFrames,
  toParts,
  toRefusal,
  toResponded,
  type Posted,
} from '@dragoman/adapter-socketio/tickets';
import { reject, rejectionCodes, type ChatEvent, type ChatSummary, type View } from '@dragoman/core';
import { expect } from 'chai';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { chat, people, T } from './tickets-scene.js';

const folder = new URL('../../../test/fixtures/tickets/', import.meta.url);

interface Case {
  readonly claim: string;
  readonly frame?: readonly [name: string, ...args: unknown[]];
  readonly parsed?: object | null;
  readonly refusal?: { readonly code: string; readonly field?: string };
  readonly event?: { readonly type: string };
  readonly message?: object;
  readonly chat?: Partial<ChatSummary>;
  readonly view?: View;
  readonly says?: readonly unknown[];
  readonly responded?: readonly unknown[] | null;
  readonly parts?: readonly unknown[];
}

function cases(direction: 'in' | 'out'): readonly (readonly [file: string, one: Case])[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(`.${direction}.json`));
  return files.flatMap((file) => {
    const read = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { readonly cases: readonly Case[] };
    return read.cases.map((one) => [file, one] as const);
  });
}

const parsers: Readonly<Record<string, (args: readonly unknown[]) => object | undefined>> = {
  authenticate: (args) => ({ token: parseToken(args) ?? null }),
  subscribe: parseUser,
  createTicket: parseCreate,
  updateMessage: parseMessage,
  acceptTicket: parseAccept,
  updateTicketStatus: parseStatus,
  updateMessageStatus: parseReceipt,
  typing: parseTyping,
  assignTicket: parseAssign,
};

/** As JSON has it: what is undefined is not there. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

function eventOf(one: Case): ChatEvent {
  const event: object = {
    eventId: 'e-1',
    commandId: 'c-1',
    workspaceId: 'default',
    version: 9,
    number: 9,
    at: 0,
    by: { participantId: 'p_olga', sessionId: 'tickets/1' },
    chatId: chat.id,
    chat: { ...chat, ...one.chat },
    people,
    ...one.event,
  };
  return event as ChatEvent;
}

function postedOf(one: Case): Posted {
  const message = {
    id: `${chat.id}:1`,
    seq: 1,
    clientId: { space: 'tickets', value: 'm1' },
    authorId: 'p_ada',
    authorRole: 'customer',
    authorName: 'Ada',
    at: Date.UTC(2030, 0, 1, 9, 4),
    claimedAt: null,
    body: { kind: 'text', text: 'Hello' },
    extras: null,
    visibility: 'all',
    holdMs: 0,
    variants: {},
    ...one.message,
  };
  const event: object = { ...eventOf(one), type: 'MessagePosted', message };
  return event as Posted;
}

describe('the ticket protocol, read from the wire', () => {
  for (const [file, one] of cases('in')) {
    it(`${file}: ${one.claim}`, () => {
      const [name = '', ...args] = one.frame ?? [];
      const parsed = parsers[name]?.(args);
      const { code, field } = one.refusal ?? {};
      if (code === undefined) expect(plain(parsed)).to.deep.equal(one.parsed);
      else expect(plain(parsed)).to.have.nested.property('refusal.code', code);
      if (field !== undefined) expect(plain(parsed)).to.have.nested.property('refusal.more.field', field);
    });
  }

  it('never stumbles over anything JSON can say', () => {
    const ids = fc.constantFrom<unknown>(T, 'm1', 'all', null, 200, {});
    const args = fc.array(fc.oneof(ids, fc.jsonValue({ maxDepth: 3 })), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(parsers)), args, (name, values) => void parsers[name]?.(values)),
      { numRuns: 3000 },
    );
  });
});

function partsOf(one: Case): unknown {
  return toParts(postedOf(one), { space: 'tickets' }).map((part) =>
    'image' in part ? part.image.message : part.message,
  );
}

function respondedOf(one: Case): unknown {
  const frame = toResponded(eventOf(one), 'tickets');
  return frame === undefined ? null : [frame.name, ...frame.args];
}

function saidOf(one: Case): unknown {
  const said = toFrames(eventOf(one), one.view ?? 'customer', 'tickets').map((outgoing) =>
    'frame' in outgoing ? { ...outgoing, frame: [outgoing.frame.name, ...outgoing.frame.args] } : outgoing,
  );
  return plain(said);
}

describe('the ticket protocol, written to the wire', () => {
  for (const [file, one] of cases('out')) {
    it(`${file}: ${one.claim}`, () => {
      if (one.parts !== undefined) expect(partsOf(one)).to.deep.equal(one.parts);
      else if (one.responded !== undefined) expect(respondedOf(one)).to.deep.equal(one.responded);
      else expect(saidOf(one)).to.deep.equal(one.says);
    });
  }

  it('says a place in the queue as the system, where there are words for it, and to owners alone', () => {
    const moved = { type: 'QueueMoved', chatId: chat.id, chat, people, position: 2 } as const;
    const told = { ...moved, notice: { text: 'You are number 2.', at: Date.UTC(2026, 0, 1) } };
    const [said] = toFrames(told, 'customer', 'tickets');
    expect(said).to.have.nested.property('frame.name', 'messageUpdated');
    expect(said).to.have.nested.property('frame.args[0]').that.deep.includes({
      ticketId: T,
      recipientId: 'u1',
      senderId: 'system',
      senderNm: 'System',
      content: 'You are number 2.',
      type: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
    });
    expect([...toFrames(moved, 'customer', 'tickets'), ...toFrames(told, 'all', 'tickets')]).to.deep.equal([]);
  });

  it('has an answer for each refusal of the core', () => {
    for (const code of rejectionCodes) expect(toRefusal(reject(code)).refusal.message, code).to.be.a('string');
    expect(toRefusal(reject('TOO_LARGE', { what: 'image' })).refusal.code).to.equal('image_too_large');
    expect(toRefusal(reject('UNSUPPORTED_BODY', { what: 'image' })).refusal.code).to.equal('unsupported_image');
  });

  it('cuts long texts in order, and never inside a character', () => {
    const text = `${'x'.repeat(3999)}😀${'y'.repeat(4000)}`;
    const parts = toParts(postedOf({ claim: '', message: { body: { kind: 'text', text } } }), { space: 'tickets' });
    const messages = parts.flatMap((part) => ('image' in part ? [] : [part.message]));
    expect(messages.map(({ content }) => content).join('')).to.equal(text);
    expect(messages.map(({ messageId }) => messageId)).to.deep.equal(['m1', 'm1.2', 'm1.3']);
    expect(messages[0]?.content).to.have.length(3999);
  });
});

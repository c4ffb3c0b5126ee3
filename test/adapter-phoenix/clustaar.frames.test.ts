import { readFileSync } from 'node:fs';
import {
  interlocutorOf,
  parseJoin,
  parseReply,
  toControl,
  toFrames,
  toRefusal,
  turnOf,
} from '@dragoman/adapter-phoenix/clustaar';
import { decodeText } from '@dragoman/adapter-phoenix/channels';
import { reject, rejectionCodes } from '@dragoman/core';
import type { Body, ChatEvent, Extras, Fields, Message } from '@dragoman/core';
import { prospect } from '@dragoman/core/domain';
import { expect } from 'chai';

function fixture<Case>(name: string): readonly Case[] {
  const file = new URL(`../../../test/fixtures/clustaar/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }).cases;
}

/** The payload of a literal frame, as the channel server reads it. */
function payloadOf(frame: unknown): unknown {
  const decoded = decodeText(2, JSON.stringify(frame));
  return Reflect.get(Object(decoded), 'payload');
}

/** Without what was left out: JSON has no word for undefined. */
const plain = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

interface Said {
  readonly claim: string;
  readonly author: Message['authorRole'];
  readonly body: Body;
  readonly extras?: Extras;
  readonly frames: readonly unknown[];
}

function said({ author, body, extras }: Said): ChatEvent {
  const chat = { ...prospect('c1', 'default'), status: 'assigned', assigneeId: 'lea' } as const;
  const message: Message = {
    id: 'c1:1',
    seq: 1,
    clientId: null,
    authorId: 'someone',
    authorRole: author,
    authorName: '',
    at: 0,
    claimedAt: null,
    body,
    extras: extras ?? null,
    visibility: 'all',
    holdMs: 0,
    variants: {},
  };
  const envelope = { eventId: 'e', commandId: 'k', workspaceId: 'default', version: 1, number: 1, at: 0 };
  const by = { participantId: null, sessionId: null };
  const heldBy = author === 'bot' ? ({ ...chat, status: 'with-bot', assigneeId: null } as const) : chat;
  return { type: 'MessagePosted', message, ...envelope, by, chatId: 'c1', chat: heldBy, people: {} };
}

const words = { space: 'clustaar', interlocutorId: 'ada', linkOf: () => null, isHtmlTrusted: false };

describe('what an interlocutor’s page says', () => {
  for (const { claim, frame, params } of fixture<{ claim: string; frame: unknown; params: unknown }>('phx_join.in')) {
    it(`a join ${claim}`, () => {
      expect(plain(parseJoin(payloadOf(frame) as Fields))).to.deep.equal(params);
    });
  }

  for (const { claim, frame, reply } of fixture<{ claim: string; frame: unknown; reply: unknown }>(
    'interlocutor_reply.in',
  )) {
    it(`a reply ${claim}`, () => {
      expect(plain(parseReply(payloadOf(frame)))).to.deep.equal(reply);
    });
  }

  it('a reply is too long beyond 2000 units of text, or 8 KiB of anything else', () => {
    const reply = (body: object): unknown => parseReply({ token: 'k9', body });
    const text = (units: number): object => ({ type: 'text', message: 'x'.repeat(units) });
    expect(reply(text(2000))).to.be.an('object');
    expect(reply(text(2001))).to.equal('message too long');
    expect(reply({ type: 'survey', text: 'x'.repeat(8200) })).to.equal('message too long');
  });

  it('a topic names an interlocutor by letters, digits, _ and -, and nobody else', () => {
    expect(interlocutorOf('interlocutor:5f0c_A-9')).to.equal('5f0c_A-9');
    for (const topic of ['interlocutor:', 'interlocutor:a b', 'interlocutor:a:b', `interlocutor:${'a'.repeat(129)}`]) {
      expect(interlocutorOf(topic), topic).to.equal(undefined);
    }
  });
});

describe('what an interlocutor’s page is told', () => {
  for (const one of fixture<Said>('to-interlocutor.out')) {
    it(one.claim, () => {
      expect(toFrames(said(one), words)).to.deep.equal(one.frames);
    });
  }

  it('an answer that the bot had begun before somebody took the word is not shown', () => {
    const late = said({ claim: '', author: 'bot', body: { kind: 'text', text: 'late' }, frames: [] });
    expect(toFrames({ ...late, chat: { ...late.chat, status: 'assigned' } }, words)).to.deep.equal([]);
  });

  it('a line that nobody said is shown whoever has the word', () => {
    const body = { kind: 'notice', code: 'hours', params: {}, text: 'open until six' } as const;
    const line = said({ claim: '', author: 'bot', body, frames: [] });
    expect(toFrames({ ...line, chat: { ...line.chat, status: 'assigned' } }, words)).to.have.lengthOf(1);
  });

  it('a place in the queue is said by the bot, where there are words for it', () => {
    const { chat, people } = said({ claim: '', author: 'customer', body: { kind: 'text', text: 'x' }, frames: [] });
    const moved = { type: 'QueueMoved', chatId: chat.id, chat, people, position: 2 } as const;
    expect(toFrames(moved, words)).to.deep.equal([]);
    const [frame] = toFrames({ ...moved, notice: { text: 'You are number 2.', at: 1 } }, words);
    expect(frame).to.have.property('event', 'bot_reply');
    expect(frame).to.have.nested.property('payload.body.data.fulfillment.actions[0].text', 'You are number 2.');
  });

  it('when control last changed hands, whatever else has changed since', () => {
    const statuses = ['pending', 'assigned', 'assigned', 'with-bot', 'pending'] as const;
    const entries = statuses.map((status, n) => {
      const event = said({ claim: '', author: 'customer', body: { kind: 'text', text: 'x' }, frames: [] });
      return { event: { ...event, at: n * 1000, chat: { ...event.chat, status } }, receipt: null };
    });
    expect(turnOf({ entries, hasMore: false })).to.equal(3000);
    expect(turnOf({ entries: entries.slice(0, 3), hasMore: false })).to.equal(1000);
    expect(turnOf({ entries: entries.slice(1, 3), hasMore: true })).to.equal(undefined);
    expect(turnOf({ entries: entries.slice(2), hasMore: true })).to.equal(3000);
  });

  it('a change of control in whole seconds', () => {
    expect(toControl(true, 1_760_000_100_900)).to.deep.equal({
      event: 'control',
      payload: { at: 1_760_000_100, value: true },
    });
  });

  it('a reason for every refusal, and how long to wait where that helps', () => {
    const reasons = rejectionCodes.map((code) => toRefusal(reject(code)).reason);
    expect(new Set(reasons)).to.deep.equal(
      new Set(['unmatched topic', 'invalid body', 'unauthorized', 'unavailable', 'message too long', 'rate limited']),
    );
    expect(toRefusal(reject('TOO_FAST', { afterMs: 50 }))).to.deep.equal({
      reason: 'rate limited',
      details: { retry_after_ms: 50 },
    });
  });
});

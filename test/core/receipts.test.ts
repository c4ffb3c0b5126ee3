import { expect } from 'chai';
import fc from 'fast-check';
import type { Acknowledge, Message, Ranges, ReceiptScope } from '@dragoman/core';
import { isRejection } from '@dragoman/core/domain';
import type { Chat } from '@dragoman/core/domain';
import { given, opened, said, scenarioChatId, speaker } from '@dragoman/core/testing';
import type { Decided, Given } from '@dragoman/core/testing';

const ann = speaker('customer', 'ann');
const bea = speaker('operator', 'bea');
const robo = speaker('bot', 'robo');

/** A chat in which these have spoken, one letter a message: c the customer, d the desk, n a notice. */
function heard(voices: string): Given {
  const speakers = new Map([
    ['c', { by: ann }],
    ['d', { by: bea }],
    ['n', { by: robo, more: { body: { kind: 'notice', code: 'x', params: {}, text: 'x' } } as Partial<Message> }],
  ]);
  const words = [...voices].map((voice, at) => {
    const who = speakers.get(voice);
    return said(who?.by ?? ann, at + 1, who?.more);
  });
  return given(opened('ann'), ...words);
}

function confirm(what: ReceiptScope, state: Acknowledge['state'] = 'read'): Acknowledge {
  return { type: 'Acknowledge', to: { chatId: scenarioChatId }, state, what };
}

function exactly(...seqs: number[]): ReceiptScope {
  return { messageIds: seqs.map((seq) => `${scenarioChatId}:${seq}`) };
}

function rangesOfFact(decided: Decided): Ranges | undefined {
  const [fact] = isRejection(decided.verdict) ? [] : decided.verdict;
  return fact?.type === 'MessageAcknowledged' ? fact.ranges : undefined;
}

describe('a receipt', () => {
  it('of everything reaches the messages of the other side alone', () => {
    heard('cdcnc')
      .when(confirm({ all: true }), bea)
      .yields([
        {
          type: 'MessageAcknowledged',
          side: 'desk',
          state: 'read',
          byId: 'bea',
          unreadByDesk: 0,
          ranges: [
            [1, 1],
            [3, 3],
            [5, 5],
          ],
        },
      ]);
    heard('cdcnc')
      .when(confirm({ all: true }), ann)
      .yields([{ type: 'MessageAcknowledged', side: 'customer', state: 'read', ranges: [[2, 2]], unreadByDesk: 3 }]);
  });

  it('up to a message reaches none after it', () => {
    heard('cccc')
      .when(confirm({ upToSeq: 2 }), bea)
      .yields([{ type: 'MessageAcknowledged', ranges: [[1, 2]], unreadByDesk: 2 }]);
  });

  it('up to a message nobody has said yet reaches what has been said', () => {
    heard('cc')
      .when(confirm({ upToSeq: 99 }), bea)
      .yields([{ type: 'MessageAcknowledged', ranges: [[1, 2]] }]);
    heard('cc')
      .when(confirm({ upToSeq: 0 }), bea)
      .yields([]);
  });

  it('of single messages leaves the ones between unread', () => {
    const decided = heard('ccccc').when(confirm(exactly(4, 2)), bea);
    decided.yields([
      {
        type: 'MessageAcknowledged',
        ranges: [
          [2, 2],
          [4, 4],
        ],
        unreadByDesk: 3,
      },
    ]);
    expect(decided.chat.receipts.desk.read).to.deep.equal([
      [2, 2],
      [4, 4],
    ]);
  });

  it('said twice changes nothing the second time', () => {
    const once = heard('ccc').when(confirm(exactly(2)), bea);
    once.when(confirm(exactly(2)), bea).yields([]);
    once.when(confirm(exactly(2), 'delivered'), bea).yields([]);
    once.when(confirm({ all: true }), bea).yields([
      {
        type: 'MessageAcknowledged',
        ranges: [
          [1, 1],
          [3, 3],
        ],
      },
    ]);
  });

  it('of delivery may be followed by one of reading, never the other way', () => {
    const delivered = heard('cc').when(confirm({ all: true }, 'delivered'), bea);
    delivered.yields([{ type: 'MessageAcknowledged', state: 'delivered', unreadByDesk: 2 }]);
    expect(delivered.chat.receipts.desk).to.deep.equal({ delivered: [[1, 2]], read: [] });
    const read = delivered.when(confirm({ all: true }), bea);
    read.yields([{ type: 'MessageAcknowledged', state: 'read', unreadByDesk: 0 }]);
    read.when(confirm({ all: true }, 'delivered'), bea).yields([]);
  });

  it('of reading is one of delivery too', () => {
    const read = heard('cc').when(confirm(exactly(2)), bea);
    expect(read.chat.receipts.desk).to.deep.equal({ delivered: [[2, 2]], read: [[2, 2]] });
  });

  it('of a message that is not there is refused, whatever else it confirms', () => {
    heard('cc')
      .when(confirm(exactly(1, 3)), bea)
      .yields('UNKNOWN_MESSAGE');
    heard('cc')
      .when(confirm({ messageIds: ['another-chat:1'] }), bea)
      .yields('UNKNOWN_MESSAGE');
    for (const id of ['', ':1', `${scenarioChatId}:0`, `${scenarioChatId}:1.5`, `${scenarioChatId}:`, 'nonsense'])
      heard('cc')
        .when(confirm({ messageIds: [id] }), bea)
        .yields('UNKNOWN_MESSAGE');
  });

  it("of one's own message is refused", () => {
    heard('cd')
      .when(confirm(exactly(2)), bea)
      .yields('NOT_ALLOWED');
    heard('cd')
      .when(confirm(exactly(1)), ann)
      .yields('NOT_ALLOWED');
  });

  it('of a notice is accepted and counts for nothing', () => {
    heard('cn')
      .when(confirm(exactly(2)), ann)
      .yields([]);
  });

  it('can be given for the other side where the chat itself is the permission', () => {
    heard('cd')
      .when({ ...confirm(exactly(2)), bySide: 'customer' }, bea)
      .yields([{ type: 'MessageAcknowledged', side: 'customer', byId: 'bea' }]);
  });

  it('is taken from one who only watches where it speaks for a side, else not', () => {
    const monitor = speaker('monitor', 'moe');
    heard('cd')
      .when(confirm(exactly(1)), monitor)
      .yields('NOT_ALLOWED');
    heard('cd')
      .when({ ...confirm(exactly(1)), bySide: 'desk' }, monitor)
      .yields([{ type: 'MessageAcknowledged' }]);
  });

  it('is taken in a closed chat too', () => {
    const words = [said(ann, 1), { type: 'ChatClosed', reason: 'operator', byId: 'bea' } as const];
    given(opened('ann'), ...words)
      .when(confirm({ all: true }), bea)
      .yields([{ type: 'MessageAcknowledged' }]);
  });
});

describe('unread numbers', () => {
  it('count what each side has said, and neither notices nor hidden words', () => {
    const { chat } = given(
      opened('ann'),
      said(ann, 1),
      said(ann, 2, { visibility: 'bot' }),
      said(bea, 3),
      said(robo, 4),
      said(ann, 5, { body: { kind: 'custom', name: 'x', data: {} } }),
      said(speaker('bot', 'robo'), 6, { authorRole: 'system', authorId: null }),
    );
    expect([chat.unreadByDesk, chat.unreadByCustomer]).to.deep.equal([1, 2]);
  });

  it('stay as they are when the reader writes: writing is not reading', () => {
    expect(heard('ccd').chat.unreadByDesk).to.equal(2);
  });
});

const conversation = fc.stringMatching(/^[cdn]{1,25}$/);
const step = fc.record({
  isCustomer: fc.boolean(),
  state: fc.constantFrom('delivered', 'read'),
  seqs: fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 6 }),
  upTo: fc.option(fc.integer({ min: 0, max: 30 })),
});

describe('receipts in any order', () => {
  it('agree with two sets of messages and the numbers counted from them', () => {
    fc.assert(
      fc.property(conversation, fc.array(step, { maxLength: 8 }), (voices, steps) => {
        const model = new Model(voices);
        let now: Given = heard(voices);
        for (const { isCustomer, state, seqs, upTo } of steps) {
          const theirs = isCustomer ? 'd' : 'c';
          const what = upTo === null ? exactly(...seqs.filter((seq) => voices[seq - 1] === theirs)) : { upToSeq: upTo };
          const decided = now.when(confirm(what, state), isCustomer ? ann : bea);
          const news = model.reach(isCustomer, state, what);
          expect(membersOf(rangesOfFact(decided) ?? [])).to.deep.equal(news);
          now = decided;
          model.expect(decided.chat);
        }
      }),
    );
  });
});

/** What has reached whom, as plain sets. */
class Model {
  readonly #voices: string;
  readonly #sets = new Map<string, Set<number>>();

  constructor(voices: string) {
    this.#voices = voices;
  }

  /** The seqs that newly reach the state. */
  reach(isCustomer: boolean, state: 'delivered' | 'read', what: ReceiptScope): number[] {
    const theirs = isCustomer ? 'd' : 'c';
    const seqs =
      'upToSeq' in what
        ? this.#all(theirs).filter((seq) => seq <= what.upToSeq)
        : 'messageIds' in what
          ? what.messageIds.map((id) => Number(id.slice(id.lastIndexOf(':') + 1)))
          : [];
    const set = this.#set(isCustomer, state);
    const news = [...new Set(seqs)].filter((seq) => !set.has(seq)).sort((a, b) => a - b);
    for (const seq of seqs) {
      set.add(seq);
      if (state === 'read') this.#set(isCustomer, 'delivered').add(seq);
    }
    return news;
  }

  expect(chat: Chat): void {
    expect(chat.unreadByDesk).to.equal(this.#all('c').length - this.#set(false, 'read').size);
    expect(chat.unreadByCustomer).to.equal(this.#all('d').length - this.#set(true, 'read').size);
    for (const [isCustomer, side, theirs] of [
      [true, 'customer', 'd'],
      [false, 'desk', 'c'],
    ] as const) {
      for (const state of ['delivered', 'read'] as const) {
        const held = membersOf(chat.receipts[side][state]).filter((seq) => this.#voices[seq - 1] === theirs);
        expect(new Set(held)).to.deep.equal(this.#set(isCustomer, state));
      }
    }
  }

  #all(voice: string): number[] {
    return [...this.#voices].flatMap((other, at) => (other === voice ? [at + 1] : []));
  }

  #set(isCustomer: boolean, state: string): Set<number> {
    const key = `${isCustomer} ${state}`;
    const set = this.#sets.get(key) ?? new Set<number>();
    this.#sets.set(key, set);
    return set;
  }
}

function membersOf(ranges: Ranges): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
}

it('a conversation that was read to its end is held as one interval', () => {
  const read = heard('cdcdcdncdc').when(confirm({ all: true }), bea);
  expect(read.chat.receipts.desk.read).to.deep.equal([[1, 10]]);
});

import { expect } from 'chai';
import { dumpOf } from '../../packages/playground/page/ladder/bytes.js';
import { labelOf } from '../../packages/playground/page/ladder/label.js';
import { chatsIn, rungsOf, type LadderRung } from '../../packages/playground/page/ladder/ladder.js';
import type { CommandSeen, DeliverySeen, FrameSeen, Sighting } from '../../packages/playground/page/ladder/sighting.js';

const customer = {
  space: 'tickets',
  sessionId: 's-1',
  role: 'customer',
  connectionId: 'tickets:1',
  chatId: 'chat-1',
} as const;
const operator = {
  space: 'happychat',
  sessionId: 's-2',
  role: 'operator',
  connectionId: 'happychat:1',
  chatId: 'chat-1',
} as const;

const chat = { customerId: 'p_joe', publicNumber: 4711, displayName: 'Joe', addresses: { tickets: 'ticket-1' } };
const people = { p_joe: { name: 'Joe', identities: [{ space: 'tickets', externalId: 'joe' }] } };

const frame = (connectionId: string | null, way: 'in' | 'out', data: string, at = 0): FrameSeen => {
  const [space = ''] = (connectionId ?? 'convead').split(':');
  return { type: 'frame', at, space, connectionId, way, data };
};

const delivery = (to: typeof customer | typeof operator, more: Partial<DeliverySeen> = {}): DeliverySeen => ({
  ...{ type: 'delivery', at: 3, event: 'MessagePosted', eventId: 'e-1', commandId: 'c-1', isReplay: false },
  view: to.role,
  detail: { chat, people },
  ...to,
  ...more,
});

const command: CommandSeen = {
  ...{ type: 'command', at: 4, command: 'PostMessage', commandId: 'c-1', outcome: 'OK', tookMs: 1.5 },
  detail: { command: {} },
  ...customer,
};

/** In the order in which the gateway tells them: a command is told when it is answered. */
const exchange: readonly Sighting[] = [
  frame('tickets:1', 'in', '421["updateMessage","ticket-1"]', 1),
  { type: 'commit', at: 2, tookMs: 0.8 },
  delivery(operator),
  frame('happychat:1', 'out', '42/operator,["chat.message","chat-1"]', 3),
  delivery(customer),
  command,
  frame('tickets:1', 'out', '431[null]', 4),
];

const shown = (rungs: readonly LadderRung[]): readonly string[] => rungs.map(({ kind, label }) => `${kind} ${label}`);

describe('the ladder', () => {
  it('puts a command before what it led to, and tells an event once however many hear it', () => {
    const rungs = rungsOf(exchange, 'chat-1');
    expect(shown(rungs)).to.deep.equal([
      'frame updateMessage',
      'command PostMessage',
      'event MessagePosted',
      'frame chat.message',
      'frame answer',
    ]);
    expect(rungs[2]).to.include({ told: 2, storedMs: 0.8, sinceMs: 2 });
    expect(rungs.map((rung) => ('side' in rung ? rung.side : 'core'))).to.deep.equal([
      'customer',
      'customer',
      'core',
      'desk',
      'customer',
    ]);
  });

  it('leaves out what is of another chat, of those who only hear that there is one, and signs of life', () => {
    const bystander = { ...operator, connectionId: 'phoenix:1', space: 'phoenix' } as const;
    const other = { ...operator, chatId: 'chat-2' } as const;
    const more: readonly Sighting[] = [
      ...exchange,
      delivery(operator, { ...other, eventId: 'e-2', detail: {} }),
      frame('happychat:1', 'out', '42/operator,["chat.message","chat-2"]', 5),
      { ...delivery(operator), ...bystander, view: 'lobby' },
      frame('phoenix:1', 'out', '[null,null,"operator:paul","chat",{"id":"chat-1"}]', 5),
      frame('tickets:1', 'in', '[{"channel":"/meta/connect","id":"chat-1"}]', 5),
    ];
    expect(shown(rungsOf(more, 'chat-1'))).to.deep.equal(shown(rungsOf(exchange, 'chat-1')));
    expect(chatsIn(more).map(({ id, spaces }) => [id, spaces])).to.deep.equal([
      ['chat-1', ['happychat', 'tickets']],
      ['chat-2', ['happychat']],
    ]);
  });

  it('keeps every step what it is when what came before is forgotten', () => {
    const long = [frame('tickets:1', 'in', '420["updateMessage","ticket-1"]', 1), ...exchange];
    const keys = rungsOf(long, 'chat-1').map(({ key }) => key);
    const later = rungsOf(long.slice(1), 'chat-1').map(({ key }) => key);
    expect(later).to.deep.equal(keys.slice(-later.length));
  });

  it('knows requests without a connection by what they say, and answers by what was asked', () => {
    const visitor = { ...customer, space: 'convead', connectionId: null };
    const seen: readonly Sighting[] = [
      frame(null, 'in', 'POST /chat/conversation/4711\n\n{"sender":{"type":"manager"}}'),
      frame(null, 'out', '201\n\n{"conversation_id":4711}'),
      frame(null, 'in', 'POST /chat/conversation/4711\n\n{"sender":{"type":"visitor"}}'),
      frame(null, 'in', 'POST /chat/conversation/9999\n\n{"sender":{"type":"visitor"}}'),
      delivery(customer, visitor),
    ];
    const frames = rungsOf(seen, 'chat-1').filter((rung) => rung.kind === 'frame');
    expect(frames.map(({ side, label }) => [side, label])).to.deep.equal([
      ['desk', 'POST /chat/conversation/4711'],
      ['desk', '201'],
      ['customer', 'POST /chat/conversation/4711'],
    ]);
  });

  it('names frames of every protocol in a word or two', () => {
    const labels = new Map([
      ['40/operator,', 'connect'],
      ['42/operator,7["status","available"]', 'status'],
      ['451-["updateMessage",{"_placeholder":true,"num":0}]', 'updateMessage'],
      ['437[null]', 'answer'],
      ['["3","4","interlocutor:ada","interlocutor_reply",{}]', 'interlocutor_reply'],
      ['["3","3","interlocutor:ada","phx_reply",{"status":"ok","response":{}}]', 'reply ok'],
      ['[{"channel":"/meta/subscribe"},{"channel":"/conversations/7"}]', '/meta/subscribe, /conversations/7'],
      ['{"type":"system_text","text":"Hello"}', 'system_text'],
      ['POST /chat/service/v1\n\n{}', 'POST /chat/service/v1'],
    ]);
    for (const [data, label] of labels) expect(labelOf(data), data).to.equal(label);
  });

  it('shows bytes as they are on the wire', () => {
    expect(dumpOf('é"0123456789abcdef')).to.equal(
      '0000  c3 a9 22 30 31 32 33 34 35 36 37 38 39 61 62 63  ··"0123456789abc\n' +
        '0010  64 65 66                                         def',
    );
  });
});

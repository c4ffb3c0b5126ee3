import { randomUUID } from 'node:crypto';
import { sentences, type TicketsCode } from '@dragoman/adapter-socketio/tickets';
import { expect } from 'chai';
import type { Ear } from './clients.js';
import { openTickets, type TicketsService } from './tickets-service.js';

const waiting = '00000000-0000-4000-8000-000000000001';
const open = '00000000-0000-4000-8000-000000000002';
const closed = '00000000-0000-4000-8000-000000000003';
const foreign = '00000000-0000-4000-8000-000000000004';
const nowhere = '00000000-0000-4000-8000-00000000000f';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

type Who = 'owner' | 'other' | 'handler' | 'colleague' | 'supervisor' | 'program';
type Call = readonly [name: string, ...args: unknown[]];
type Row = readonly [claim: string, who: Who, call: Call, code: TicketsCode, details?: object];

const field = (name: string): object => ({ field: name, message: `${name} is missing or has the wrong form` });
const text = (content: unknown, more: object = {}): object => ({ content, type: 1, ...more });
const post = (ticketId: unknown, message: unknown, id: unknown = 'fresh'): Call => [
  'updateMessage',
  ticketId,
  id,
  message,
  '',
];
const status = (ticketId: string, to: unknown, object: unknown = {}, owner: unknown = ''): Call => [
  'updateTicketStatus',
  ticketId,
  object,
  to,
  owner,
];
const receipt = (id: unknown, to: unknown, recipient: unknown = '', sender: unknown = ''): Call => [
  'updateMessageStatus',
  id,
  to,
  recipient,
  sender,
  to === 2,
];

const rows: readonly Row[] = [
  ['a user cannot hear what operators hear', 'owner', ['subscribeOperator'], 'forbidden'],
  ['a user cannot leave it either', 'owner', ['unsubscribeOperator'], 'forbidden'],
  ['a user cannot subscribe for another', 'owner', ['subscribe', { userId: 'u2' }], 'forbidden'],
  ['a user object is an object', 'owner', ['subscribe', ['u1']], 'invalid_argument', field('userObject')],
  ['a user id is a text', 'owner', ['subscribe', { userId: 7 }], 'invalid_argument', field('userId')],
  ['a user cannot accept', 'owner', ['acceptTicket', waiting, {}, ''], 'forbidden'],
  ['a user cannot change a status', 'owner', status(open, 10000), 'forbidden'],
  ['a user cannot assign', 'owner', ['assignTicket', { ticketId: open }], 'forbidden'],
  ['an operator cannot create', 'handler', ['createTicket', randomUUID(), {}], 'forbidden'],
  ['an unknown event is none', 'owner', ['closeTicket', waiting], 'unknown_event'],
  ['a program says for whom it speaks', 'program', ['subscribe'], 'user_required'],
  ['a program needs an id for it', 'program', ['subscribe', { fullNm: 'Eve', programId: 'p9' }], 'user_required'],
  ['a program names itself', 'program', ['subscribe', { userId: 'e' }], 'program_required'],
  ['a program is the one of its token', 'program', ['subscribe', { userId: 'e', programId: 'p8' }], 'program_mismatch'],
  ['a program speaks for nobody at first', 'program', ['createTicket', randomUUID(), {}], 'not_subscribed'],
  ['a ticket has an id', 'owner', ['createTicket'], 'invalid_argument', field('ticketId')],
  ['an id is a guid', 'owner', ['createTicket', 'T-1', {}], 'invalid_argument', field('ticketId')],
  ['a ticket has an object', 'owner', ['createTicket', nowhere], 'invalid_argument', field('ticketObject')],
  ['an array is no object', 'owner', ['createTicket', nowhere, []], 'invalid_argument', field('ticketObject')],
  [
    'bytes are no object',
    'owner',
    ['createTicket', nowhere, Buffer.from('x')],
    'invalid_argument',
    field('ticketObject'),
  ],
  ['a name is a text', 'owner', ['createTicket', nowhere, { ticketNm: 7 }], 'invalid_argument', field('ticketNm')],
  [
    'a name is not endless',
    'owner',
    ['createTicket', nowhere, { displayNm: 'x'.repeat(201) }],
    'invalid_argument',
    field('displayNm'),
  ],
  ['the ids of call and object agree', 'owner', ['createTicket', nowhere, { ticketId: open }], 'id_mismatch'],
  ['a new ticket is new', 'owner', ['createTicket', nowhere, { statusId: 200 }], 'invalid_status'],
  ['the id of a ticket is taken', 'other', ['createTicket', waiting, {}], 'id_conflict'],
  ['the id of a closed ticket too', 'other', ['createTicket', closed, {}], 'id_conflict'],
  ['a message is for a ticket', 'owner', post('T', text('x')), 'invalid_argument', field('ticketId')],
  ['a message has an id', 'owner', post(waiting, text('x'), ''), 'invalid_argument', field('messageId')],
  ['an id has no space', 'owner', post(waiting, text('x'), 'a b'), 'invalid_argument', field('messageId')],
  ['an id is not all', 'owner', post(waiting, text('x'), 'ALL'), 'invalid_argument', field('messageId')],
  ['an id is short', 'owner', post(waiting, text('x'), 'x'.repeat(65)), 'invalid_argument', field('messageId')],
  ['a message is an object', 'owner', post(waiting, 'x'), 'invalid_argument', field('messageObject')],
  ['its ids are those of the call', 'owner', post(waiting, text('x', { messageId: 'y' })), 'id_mismatch'],
  ['its ticket is that of the call', 'owner', post(waiting, text('x', { ticketId: open })), 'id_mismatch'],
  ['nobody speaks in no ticket', 'owner', post(nowhere, text('x')), 'ticket_not_found'],
  ['nobody speaks in a ticket of another', 'owner', post(foreign, text('x')), 'ticket_not_found'],
  ['nobody speaks in a closed ticket', 'owner', post(closed, text('x')), 'ticket_closed'],
  ['no operator speaks before he accepts', 'handler', post(waiting, text('x')), 'ticket_not_open'],
  ['no operator speaks in a colleague’s ticket', 'colleague', post(open, text('x')), 'not_handler'],
  ['there are two types', 'owner', post(waiting, text('x', { type: 3 })), 'unsupported_type'],
  ['there is one encoding', 'owner', post(waiting, text('x', { encoding: 'latin1' })), 'unsupported_encoding'],
  ['white space says nothing', 'owner', post(waiting, text(' \n\t')), 'content_empty'],
  ['no content says nothing', 'owner', post(waiting, {}), 'content_empty'],
  ['a number is no content', 'owner', post(waiting, text(7)), 'invalid_argument', field('content')],
  ['bytes are no content', 'owner', post(waiting, text(Buffer.from('x'))), 'invalid_argument', field('content')],
  ['a text has an end', 'owner', post(waiting, text('x'.repeat(4001))), 'content_too_long'],
  ['an id is for one message', 'owner', post(waiting, text('else'), 'said'), 'id_conflict'],
  ['an id is for one person', 'handler', post(open, text('said'), 'said'), 'id_conflict'],
  ['an image is base64', 'owner', post(waiting, { type: 2, content: 'not/base64!' }), 'invalid_image'],
  ['an image is in the standard alphabet', 'owner', post(waiting, { type: 2, content: 'iVB-_w0K' }), 'invalid_image'],
  ['an image is something', 'owner', post(waiting, { type: 2, content: '' }), 'invalid_image'],
  [
    'an image can be measured',
    'owner',
    post(waiting, { type: 2, content: base64('\x89PNG\r\n\x1a\n') }),
    'invalid_image',
  ],
  ['an image carries no script', 'owner', post(waiting, { type: 2, content: base64('<svg/>') }), 'unsupported_image'],
  [
    'an image is not a wall',
    'owner',
    post(waiting, { type: 2, content: base64('GIF89a\xff\xff\x01\x00\x00') }),
    'image_too_large',
  ],
  [
    'an image is not a film',
    'owner',
    post(waiting, { type: 2, content: base64(`GIF89a\x01\x00\x01\x00${'x'.repeat(5_242_880)}`) }),
    'image_too_large',
  ],
  ['only a ticket can be accepted', 'handler', ['acceptTicket', nowhere, {}, ''], 'ticket_not_found'],
  ['only by its id', 'handler', ['acceptTicket', 7, {}, ''], 'invalid_argument', field('ticketId')],
  ['with an object of it', 'handler', ['acceptTicket', waiting, 'T', ''], 'invalid_argument', field('ticketObject')],
  ['that has its id', 'handler', ['acceptTicket', waiting, { ticketId: open }, ''], 'id_mismatch'],
  ['and a status that fits', 'handler', ['acceptTicket', waiting, { statusId: 10000 }, ''], 'invalid_status'],
  ['from its owner', 'handler', ['acceptTicket', waiting, {}, 'u2'], 'owner_mismatch'],
  ['who is named by a text', 'handler', ['acceptTicket', waiting, {}, 7], 'invalid_argument', field('ownerId')],
  ['a closed ticket cannot be accepted', 'handler', ['acceptTicket', closed, {}, ''], 'ticket_closed'],
  [
    'an accepted ticket is accepted',
    'colleague',
    ['acceptTicket', open, {}, ''],
    'already_accepted',
    { message: 'Olga accepted this ticket', handleById: 'o1', handleByNm: 'Olga' },
  ],
  [
    'in whatever way it is tried',
    'colleague',
    status(open, 200),
    'already_accepted',
    { message: 'Olga accepted this ticket', handleById: 'o1', handleByNm: 'Olga' },
  ],
  ['a status is a number', 'handler', status(open, 'open'), 'invalid_argument', field('status')],
  ['a status is one of three', 'handler', status(open, 300), 'invalid_status'],
  ['a status is the one of the object', 'handler', status(open, 10000, { statusId: 100 }), 'invalid_status'],
  ['only the handler closes', 'colleague', status(open, 10000), 'not_handler'],
  ['only the handler puts back', 'colleague', status(open, 100), 'not_handler'],
  ['what is closed does not wait again', 'handler', status(closed, 100), 'invalid_transition'],
  ['nothing is assigned without a ticket', 'handler', ['assignTicket', {}], 'invalid_argument', field('ticketId')],
  ['or without an object', 'handler', ['assignTicket', open], 'invalid_argument', field('assignTicketObject')],
  [
    'or to a number',
    'handler',
    ['assignTicket', { ticketId: open, handleById: 7 }],
    'invalid_argument',
    field('handleById'),
  ],
  ['or to nobody', 'handler', ['assignTicket', { ticketId: open, handleById: 'o9' }], 'operator_not_found'],
  ['or to a user', 'handler', ['assignTicket', { ticketId: open, handleById: 'u1' }], 'operator_not_found'],
  ['or when it is closed', 'colleague', ['assignTicket', { ticketId: closed }], 'ticket_closed'],
  ['or when there is none', 'handler', ['assignTicket', { ticketId: nowhere }], 'ticket_not_found'],
  ['a receipt is for a message', 'owner', receipt(7, 2), 'invalid_argument', field('messageId')],
  ['a receipt has a status', 'owner', receipt('said', null), 'invalid_argument', field('status')],
  ['nothing can be sent back', 'owner', receipt('said', 1), 'invalid_status'],
  ['what was not said cannot be read', 'owner', receipt('unsaid', 3), 'message_not_found'],
  ['nobody reads what is between others', 'other', receipt('said', 3), 'message_not_found'],
  ['nobody reads his own words', 'owner', receipt('said', 3), 'forbidden'],
  ['nobody reads for the handler', 'colleague', receipt('asked', 3), 'forbidden'],
  ['nobody reads before somebody handles', 'colleague', receipt('said', 3), 'forbidden'],
  ['a receipt names the sender', 'handler', receipt('asked', 3, '', 'u2'), 'forbidden'],
  ['a receipt names the recipient', 'handler', receipt('asked', 3, 'o2', ''), 'forbidden'],
  ['all is of somebody', 'handler', receipt('all', 3), 'invalid_argument', field('senderId')],
  ['all is for oneself', 'handler', receipt('all', 3, 'o2', 'u1'), 'invalid_argument', field('recipientId')],
  ['nobody types in no ticket', 'owner', ['typing', nowhere, ''], 'ticket_not_found'],
  ['nobody types in a closed ticket', 'owner', ['typing', closed, ''], 'ticket_closed'],
  ['nobody types for the handler', 'colleague', ['typing', open, ''], 'not_handler'],
  ['typing is in a ticket', 'owner', ['typing', null, ''], 'invalid_argument', field('ticketId')],
];

describe('what the ticket protocol answers to what cannot be', () => {
  let service: TicketsService;
  let people: Readonly<Record<Who, Ear>>;

  before(async () => {
    const rate = { perSecond: 1e6, burst: 1e6 };
    service = await openTickets({ callRate: rate, messageRate: rate, imageRate: rate });
    people = {
      owner: await service.join('user:u1'),
      other: await service.join('user:u2'),
      handler: await service.join('operator:o1'),
      colleague: await service.join('operator:o2'),
      supervisor: await service.join('supervisor:s1'),
      program: await service.enter('program:p9'),
    };
    const { owner, other, handler } = people;
    for (const ticketId of [waiting, open, closed]) await owner.ask('createTicket', ticketId, { ticketId });
    await other.ask('createTicket', foreign, {});
    await owner.ask('updateMessage', waiting, 'said', text('said'), '');
    await owner.ask('updateMessage', open, 'asked', text('asked'), '');
    await handler.ask('acceptTicket', open, {}, 'u1');
    await handler.ask('acceptTicket', closed, {}, 'u1');
    await handler.ask('updateTicketStatus', closed, {}, 10000, 'u1');
  });
  after(() => service.close());

  for (const [claim, who, [name, ...args], code, details = {}] of rows) {
    it(`${claim}: ${name}, ${code}`, async () => {
      const more = { message: sentences[code], ...details };
      expect(await people[who].ask(name, ...args)).to.deep.equal([
        `${code}: ${more.message}`,
        { code, retryable: false, ...more },
      ]);
    });
  }

  it('a program’s objects name the program, and the right one', async () => {
    const X = await service.enter('program:p9');
    await X.ask('subscribe', { userId: 'e', programId: 'p9' });
    const ticketId = randomUUID();
    expect((await X.ask('createTicket', ticketId, {}))[0]).to.match(/^program_required: /);
    expect((await X.ask('createTicket', ticketId, { programId: 'p8' }))[0]).to.match(/^program_mismatch: /);
    expect((await X.ask('createTicket', ticketId, { programId: 'p9' }))[0]).to.equal(null);
    expect((await X.ask(...post(ticketId, text('x'))))[0]).to.match(/^program_required: /);
    expect((await X.ask(...post(ticketId, text('x', { programId: 'p8' }))))[0]).to.match(/^program_mismatch: /);
  });

  it('an owner has five open tickets and no sixth', async () => {
    const owner = await service.join('user:many');
    for (let n = 0; n < 5; n += 1) expect((await owner.ask('createTicket', randomUUID(), {}))[0]).to.equal(null);
    expect((await owner.ask('createTicket', randomUUID(), {}))[0]).to.match(/^too_many_tickets: /);
  });

  it('users of two programs with one id are not mixed up', async () => {
    const { handler } = people;
    for (const program of ['p1', 'p2']) {
      const X = await service.enter(`program:${program}`);
      await X.ask('subscribe', { userId: 'twin', programId: program });
      const ticketId = randomUUID();
      await X.ask('createTicket', ticketId, { programId: program });
      await X.ask('updateMessage', ticketId, `twin-${program}`, text('x', { programId: program }), '');
      await handler.ask('acceptTicket', ticketId, {}, 'twin');
    }
    expect((await handler.ask(...receipt('all', 3, '', 'twin')))[0]).to.match(/^ambiguous_user: /);
  });

  it('keys that would change objects themselves are dropped', async () => {
    const { owner, handler } = people;
    const message = JSON.parse('{"content":"harmless","__proto__":{"type":2},"constructor":{}}') as object;
    expect((await owner.ask('updateMessage', open, 'proto', message, ''))[0]).to.equal(null);
    await handler.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[0]), 'messageId') === 'proto'));
    const frame = handler.heard.find(({ args }) => Reflect.get(Object(args[0]), 'messageId') === 'proto');
    expect(Object.keys(Object(frame?.args[0])).sort()).to.deep.equal(
      'content,createdAt,encoding,messageId,programId,recipientId,recipientNm,senderId,senderNm,statusId,ticketId,type'.split(
        ',',
      ),
    );
  });

  it('a call without a callback that is refused says nothing and harms nothing', async () => {
    const { owner } = people;
    const before = owner.heard.length;
    owner.say('updateMessage', nowhere, 'm', text('x'), '');
    owner.say('typing', nowhere, '');
    owner.say('assignTicket', null);
    owner.say('error', 'x');
    expect((await owner.ask('typing', waiting, ''))[0]).to.equal(null);
    expect(owner.heard.length).to.equal(before);
  });

  it('an image at the limit of everything is taken and comes back whole', async () => {
    const { owner, handler } = people;
    const content = base64(`GIF89a\x01\x00\x01\x00${'x'.repeat(5_242_880 - 10)}`);
    expect((await owner.ask('updateMessage', open, 'big', { type: 2, content }, ''))[0]).to.equal(null);
    await handler.until((heard) => heard.some(({ args }) => Reflect.get(Object(args[0]), 'messageId') === 'big'));
    expect(Reflect.get(Object(handler.heard.at(-1)?.args[0]), 'content')).to.equal(content);
    const spelled = `data:image/svg;base64,${png.slice(0, 20)}\r\n ${png.slice(20).replace(/=+$/, '')}`;
    expect((await owner.ask('updateMessage', open, 'spelled', { type: 2, content: spelled }, ''))[0]).to.equal(null);
    await handler.until((heard) => Reflect.get(Object(heard.at(-1)?.args[0]), 'messageId') === 'spelled');
    expect(Reflect.get(Object(handler.heard.at(-1)?.args[0]), 'content')).to.equal(png);
  });
});

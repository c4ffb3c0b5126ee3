import { expect } from 'chai';
import { manager, openHouse, token, visitor, type House } from './house.js';
import { http } from './wire.js';

describe('a request to the Convead HTTP API', () => {
  let house: House;
  let number: number;
  let messageId: number;

  before(async () => {
    house = await openHouse({ roster: [{ id: '7', name: 'Ann' }] });
    const opened = await house.api('/chat/service/v1', visitor('v1'));
    number = opened.json.conversation?.id ?? 0;
    const posted = await house.api(`/chat/conversation/${number}`, { ...visitor('v1'), content: 'hello' });
    messageId = posted.json.message?.id ?? 0;
  });

  after(() => house.close());

  /** What is asked, and the status and code of the answer; NUMBER and MESSAGE stand for what exists. */
  const table: readonly (readonly [what: string, path: string, params: object, status: number, error: string])[] = [
    ['another path', '/chat/service', {}, 404, 'not_found'],
    ['a path too long', '/chat/service/v1/more', visitor('v1'), 404, 'not_found'],
    ['a bad visitor id', '/chat/service/a.b', visitor('a.b'), 400, 'visitor_id_invalid'],
    ['broken escapes', '/chat/service/%E0%A4%A', visitor('x'), 400, 'visitor_id_invalid'],
    ['no sender', '/chat/service/v1', {}, 400, 'sender_missing'],
    ['a sender of another type', '/chat/service/v1', { sender: { type: 'robot', id: 1 } }, 400, 'sender_invalid'],
    ['a sender whose type is an object', '/chat/service/v1', { sender: { type: { a: 1 } } }, 400, 'sender_invalid'],
    [
      'a sender whose type answers for itself',
      '/chat/service/v1',
      { sender: { type: { toString: 1 } } },
      400,
      'sender_invalid',
    ],
    ['a sender that is a list', '/chat/service/v1', { sender: [] }, 400, 'sender_invalid'],
    ['a manager without id', '/chat/service/v1', { sender: { type: 'manager' }, token }, 400, 'sender_invalid'],
    ['a manager without token', '/chat/service/v1', { sender: { type: 'manager', id: 7 } }, 401, 'unauthorized'],
    ['a manager with another token', '/chat/service/v1', { ...manager(7), token: 'guess' }, 401, 'unauthorized'],
    ['another visitor', '/chat/service/v1', visitor('v2'), 403, 'sender_forbidden'],
    ['another manager', '/chat/service/v1', manager(8), 409, 'chat_already_open'],
    ['no such conversation', '/chat/conversation/1', { ...visitor('v1'), content: 'x' }, 404, 'conversation_not_found'],
    ['a name for a number', '/chat/conversation/x', { ...visitor('v1'), content: 'x' }, 404, 'conversation_not_found'],
    ['a stranger', '/chat/conversation/NUMBER', { ...visitor('v2'), content: 'x' }, 403, 'sender_forbidden'],
    [
      'a manager who has not the chat',
      '/chat/conversation/NUMBER',
      { ...manager(8), content: 'x' },
      403,
      'sender_forbidden',
    ],
    ['no content', '/chat/conversation/NUMBER', visitor('v1'), 422, 'content_blank'],
    ['white space', '/chat/conversation/NUMBER', { ...visitor('v1'), content: ' \n' }, 422, 'content_blank'],
    ['content that is no text', '/chat/conversation/NUMBER', { ...visitor('v1'), content: {} }, 400, 'content_invalid'],
    [
      'too much content',
      '/chat/conversation/NUMBER',
      { ...visitor('v1'), content: 'x'.repeat(4001) },
      422,
      'content_too_long',
    ],
    ['a count of none', '/chat/conversation/NUMBER/messages', { count: 0 }, 400, 'count_invalid'],
    ['a count that is no number', '/chat/conversation/NUMBER/messages', { count: 'all' }, 400, 'count_invalid'],
    ['a since_id that is no number', '/chat/conversation/NUMBER/messages', { since_id: '-1' }, 400, 'since_id_invalid'],
    ['history of no conversation', '/chat/conversation/1/messages', {}, 404, 'conversation_not_found'],
    ['no such message', '/chat/conversation/NUMBER/message/999999/mark_read', {}, 404, 'message_not_found'],
    ['a name for a message', '/chat/conversation/NUMBER/message/x/mark_read', {}, 404, 'message_not_found'],
    [
      'a message of no conversation',
      '/chat/conversation/1/message/MESSAGE/mark_read',
      {},
      404,
      'conversation_not_found',
    ],
  ];

  for (const [what, path, params, status, error] of table) {
    it(`with ${what} is answered ${status} ${error}`, async () => {
      const answer = await house.api(
        path.replace('NUMBER', String(number)).replace('MESSAGE', String(messageId)),
        params,
      );
      expect([answer.status, answer.json.error]).to.deep.equal([status, error]);
      expect(answer.json.message).to.be.a('string');
    });
  }

  it('with another method is told which is allowed', async () => {
    const answer = await http(house.port, '/chat/service/v1', { method: 'GET' });
    expect([answer.status, answer.headers.allow]).to.deep.equal([405, 'POST, OPTIONS']);
  });

  for (const [what, headers, body, status, error] of [
    ['malformed JSON', { 'content-type': 'application/json' }, '{', 400, 'bad_request'],
    ['JSON that is no object', { 'content-type': 'application/json' }, '[1]', 400, 'bad_request'],
    ['another content type', { 'content-type': 'text/html' }, 'x', 415, 'unsupported_media_type'],
    ['a body above 64 KiB', { 'content-type': 'text/plain' }, 'x'.repeat(70_000), 413, 'payload_too_large'],
    ['a form of too many keys', {}, 'a=1&'.repeat(60), 400, 'bad_request'],
  ] as const) {
    it(`with ${what} is answered ${status} ${error}`, async () => {
      const answer = await http(house.port, '/chat/service/v1', { headers, body });
      expect([answer.status, JSON.parse(answer.body).error]).to.deep.equal([status, error]);
    });
  }

  for (const [what, headers, body] of [
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'sender[type]=visitor&sender[id]=v1'],
    ['an escaped form', { 'content-type': 'application/x-www-form-urlencoded' }, 'sender%5Btype%5D=Visitor'],
    ['a form without a type', {}, 'sender[type]=user'],
    ['a bare word', {}, 'sender=visitor'],
    ['JSON in a form', {}, `sender=${encodeURIComponent('{"type":"visitor"}')}`],
    ['JSON as plain text', { 'content-type': 'text/plain' }, '{"sender":{"type":"visitor","id":"v1"}}'],
    ['keys that reach for prototypes', {}, 'sender[type]=visitor&__proto__[id]=x&sender[__proto__][id]=y'],
  ] as const) {
    it(`finds its sender in ${what}`, async () => {
      const answer = await http(house.port, '/chat/service/v1', { headers, body });
      expect([answer.status, JSON.parse(answer.body).conversation.id]).to.deep.equal([200, number]);
    });
  }

  it('from any page reads its answer, errors too', async () => {
    const origin = 'https://shop.example';
    const refused = await house.api('/chat/service/v1', {}, { origin });
    expect(refused.headers).to.include({
      'access-control-allow-origin': origin,
      vary: 'Origin',
      'cache-control': 'no-store',
    });
    const preflight = await http(house.port, '/chat/service/v1', { method: 'OPTIONS', headers: { origin } });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers).to.include({
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-max-age': '86400',
    });
  });

  it('takes a manager by the token in its header', async () => {
    const params = { sender: { type: 'manager', id: '7' } };
    const answer = await house.api('/chat/service/v1', params, { authorization: `Bearer ${token}` });
    expect(answer.status).to.equal(200);
  });
});

describe('a guesser of conversation numbers', () => {
  it('is told to wait after sixty misses, while others are served', async () => {
    const house = await openHouse({ addressOf: (request) => String(request.headers['x-from']) });
    const guess = (from: string) => house.api('/chat/conversation/1/messages', {}, { 'x-from': from });
    for (let n = 0; n < 60; n += 1) expect((await guess(`2001:db8::${n}`)).status).to.equal(404);
    const refused = await guess('2001:db8::a');
    expect([refused.status, refused.json.error, refused.headers['retry-after']]).to.deep.equal([
      429,
      'rate_limited',
      '1',
    ]);
    expect((await guess('2001:db8:0:1::1')).status).to.equal(404);
    await house.close();
  });
});

describe('old browsers', () => {
  it('read errors under status 200 where the house says so', async () => {
    const house = await openHouse({ errorStatus: 'always-200' });
    const answer = await house.api('/chat/service/v1', visitor('v1'));
    expect([answer.status, answer.json.error]).to.deep.equal([200, 'chat_offline_message']);
    await house.close();
  });
});

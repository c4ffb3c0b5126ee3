import { createConfig, lintFromString } from '@redocly/openapi-core';
import { problemCodes } from '@dragoman/adapter-http';
import { memoryAttachments, reject, rejectionCodes } from '@dragoman/core';
import { expect } from 'chai';
import { judgeOf, type Judge } from './document.js';
import { openHouse, type Answer, type House, type Json } from './house.js';

const joe = { side: 'customer', id: 'joe', name: 'Joe' } as const;
const ann = { side: 'operator', id: 'ann', name: 'Ann' } as const;
const bot = { side: 'bot', id: 'robo', name: 'Robo' } as const;
const text = (words: string) => ({ kind: 'text', text: words }) as const;
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=',
  'base64',
);

/** Asks again until it is so; the test framework gives up. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

describe('the HTTP API', () => {
  let house: House;
  let judge: Judge;
  const asked = new Map<string, Set<number>>();

  before(async () => {
    house = await openHouse({ core: { workspaces: [{ id: 'default', bot: { space: 'http', externalId: 'robo' } }] } });
    judge = await judgeOf(house);
  });
  after(() => house.close());

  /** Asks, and holds the answer against the document. */
  async function ask(...args: Parameters<House['ask']>): Promise<Answer> {
    const [method, path] = args;
    const answer = await house.ask(...args);
    const { operationId, faults } = judge.judge(method, path, answer);
    expect(faults, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`).to.deep.equal([]);
    asked.set(operationId, (asked.get(operationId) ?? new Set()).add(answer.status));
    return answer;
  }

  async function expectStatus(status: number, ...args: Parameters<House['ask']>): Promise<Answer> {
    const answer = await ask(...args);
    expect(answer.status, `${args[0]} ${args[1]}: ${JSON.stringify(answer.body)}`).to.equal(status);
    return answer;
  }

  async function openChat(as: object = joe): Promise<string> {
    const { body } = await expectStatus(201, 'POST', '/chats', { as, message: text('Hello') });
    return String(body['chat']?.['id']);
  }

  it('is described by a document without a fault', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const problems = await lintFromString({ source: JSON.stringify(judge.document), config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).to.deep.equal([]);
  });

  it('lets a backend be the customer, the bot and the operator of a chat, from its first word to its last', async () => {
    await expectStatus(200, 'PUT', '/participants/bot/robo', { name: 'Robo', profile: { version: 2 } });
    const id = await openChat();
    const bots = await expectStatus(201, 'POST', `/chats/${id}/messages`, { as: bot, body: text('What is it about?') });
    expect(bots.body['chat']?.['control']).to.equal('bot');
    await expectStatus(204, 'POST', `/chats/${id}/typing`, { as: joe, isOn: true, preview: 'My inv' });
    const duty = await expectStatus(200, 'PUT', '/duties/ann', { name: 'Ann', capacity: { 'en-US': 2 } });
    await expectStatus(200, 'POST', `/chats/${id}/hand-over`, { as: bot, to: 'queue', reason: 'invoice' });
    const assigneeId = String(duty.body['person']?.['id']);
    await until(async () => String((await ask('GET', `/chats/${id}`)).body['assigneeId']) === assigneeId);
    await expectStatus(201, 'POST', `/chats/${id}/messages`, { as: ann, body: text('Hi'), clientId: 'm-1' });
    await expectStatus(200, 'POST', `/chats/${id}/receipts`, { as: joe, state: 'read', upToSeq: 3 });
    const page = await expectStatus(200, 'GET', `/chats/${id}/messages?limit=2`);
    expect(page.body['messages']).to.have.length(2);
    const last = page.body['messages']?.[1];
    expect(last?.['message']).to.deep.include({ clientId: 'm-1', authorName: 'Ann', seq: 3 });
    expect(last?.['receipt']?.['state']).to.equal('read');
    const before = await expectStatus(200, 'GET', `/chats/${id}/messages?limit=2&cursor=${page.body['nextCursor']}`);
    expect(before.body).to.deep.include({ nextCursor: null });
    const newest = await expectStatus(200, 'GET', `/chats/${id}/messages?limit=2&cursor=`);
    expect(newest.body).to.deep.equal(page.body);
    for (const cursor of ['-1', '1e3', '0x10', 'x']) {
      await expectStatus(400, 'GET', `/chats/${id}/messages?cursor=${cursor}`);
    }
    await expectStatus(200, 'POST', `/chats/${id}/close`, { as: ann });
    await expectStatus(200, 'POST', `/chats/${id}/reopen`, { as: ann });
    await expectStatus(204, 'DELETE', '/duties/ann');
  });

  it('tells the same of a chat to everybody who asks', async () => {
    const id = await openChat({ ...joe, id: 'eve', name: 'Eve' });
    const { body: chat } = await expectStatus(200, 'GET', `/chats/${id}`);
    const listed = await expectStatus(200, 'GET', `/chats?customerId=${chat['customerId']}&status=with-bot&space=http`);
    expect(listed.body).to.deep.equal({ chats: [chat], nextCursor: null });
    const person = await expectStatus(200, 'GET', `/participants/${chat['customerId']}`);
    expect(person.body).to.include({ name: 'Eve', role: 'customer' });
    const called = await expectStatus(200, 'GET', '/participants?space=http&side=customer&id=eve');
    expect(called.body).to.deep.equal(person.body);
    await expectStatus(404, 'GET', '/participants?space=http&side=operator&id=eve');
    const words = await expectStatus(200, 'GET', `/participants/${chat['customerId']}/messages`);
    expect(words.body['messages']).to.have.length(1);
  });

  it('gives the list of chats in pages, each chat once', async () => {
    for (const id of ['p1', 'p2', 'p3']) await openChat({ ...joe, id });
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await expectStatus(200, 'GET', `/chats?limit=2${cursor}`);
      seen.push(...body['chats'].map((chat: Json) => String(chat['id'])));
      if (body['nextCursor'] === null) break;
      cursor = `&cursor=${body['nextCursor']}`;
    }
    const all = await expectStatus(200, 'GET', '/chats');
    expect(seen).to.deep.equal(all.body['chats'].map((chat: Json) => String(chat['id'])));
    expect(new Set(seen).size).to.equal(seen.length);
    expect(seen.length).to.be.above(3);
  });

  it('gives the queue in pages, and leaves nobody out when the head of it is taken between two', async () => {
    const ids: string[] = [];
    for (const name of ['q1', 'q2', 'q3', 'q4']) {
      const id = await openChat({ ...joe, id: name });
      await expectStatus(200, 'POST', `/chats/${id}/hand-over`, { as: bot, to: 'queue' });
      ids.push(id);
    }
    const first = await expectStatus(200, 'GET', '/queue?limit=2');
    await expectStatus(200, 'PUT', '/duties/cid', { name: 'Cid', mode: 'claim' });
    for (const id of ids.slice(0, 2)) {
      await expectStatus(200, 'POST', `/chats/${id}/assign`, { as: { ...ann, id: 'cid' } });
    }
    const second = await expectStatus(200, 'GET', `/queue?limit=2&cursor=${first.body['nextCursor']}`);
    const seen = [...first.body['queue'], ...second.body['queue']].map((one: Json) => [one['chatId'], one['position']]);
    expect(seen).to.deep.equal([1, 2, 1, 2].map((position, index) => [ids[index], position]));
    expect(second.body['nextCursor']).to.equal(null);
    const again = await expectStatus(200, 'GET', '/queue?cursor=');
    expect(again.body['queue']).to.deep.equal(second.body['queue']);
    const wrong = await expectStatus(400, 'GET', '/queue?cursor=2');
    expect(wrong.body['problems']).to.deep.equal([{ path: 'query/cursor', what: 'is no cursor of this list' }]);
    for (const id of ids) await expectStatus(200, 'POST', `/chats/${id}/close`, { as: { ...ann, id: 'cid' } });
    await expectStatus(204, 'DELETE', '/duties/cid');
  });

  it('gives the list of operators in pages, each operator once', async () => {
    for (const id of ['o1', 'o2', 'o3']) await expectStatus(200, 'PUT', `/duties/${id}`, { name: id, status: 'busy' });
    const all = await expectStatus(200, 'GET', '/operators');
    expect(all.body['nextCursor']).to.equal(null);
    const seen: Json[] = [];
    for (let cursor = ''; ;) {
      const { body } = await expectStatus(200, 'GET', `/operators?limit=2${cursor}`);
      expect(body['operators'].length).to.be.within(1, 2);
      seen.push(...body['operators']);
      if (body['nextCursor'] === null) break;
      cursor = `&cursor=${body['nextCursor']}`;
    }
    expect(seen).to.deep.equal(all.body['operators']);
    expect(seen.length).to.be.above(2);
    for (const id of ['o1', 'o2', 'o3']) await expectStatus(204, 'DELETE', `/duties/${id}`);
  });

  it('knows chats of a space by what they have there, not by words every object knows', async () => {
    await openChat();
    const { body } = await expectStatus(200, 'GET', '/chats?space=toString');
    expect(body['chats']).to.deep.equal([]);
  });

  it('moves a chat between its own operators and nobody', async () => {
    const id = await openChat({ ...joe, id: 'kim' });
    await expectStatus(200, 'PUT', '/duties/ann', { name: 'Ann', status: 'busy' });
    const bert = await expectStatus(200, 'PUT', '/duties/bert', { name: 'Bert', mode: 'claim', status: 'busy' });
    await expectStatus(200, 'POST', `/chats/${id}/hand-over`, { as: bot, to: 'queue' });
    const { body } = await expectStatus(200, 'GET', '/queue');
    expect(body['queue']?.[0]).to.deep.include({ chatId: id, position: 1 });
    await expectStatus(200, 'POST', `/chats/${id}/assign`, { as: ann });
    const toId = bert.body['person']?.['id'];
    const moved = await expectStatus(200, 'POST', `/chats/${id}/transfer`, { as: ann, toId });
    expect(moved.body['chat']).to.deep.include({ assigneeId: toId, status: 'assigned' });
    await expectStatus(200, 'POST', `/chats/${id}/join`, { as: ann });
    await expectStatus(200, 'POST', `/chats/${id}/leave`, { as: ann });
    const changed = await expectStatus(200, 'PATCH', `/chats/${id}`, {
      as: ann,
      subject: 'Invoice',
      fields: { no: 7 },
    });
    expect(changed.body['chat']).to.deep.include({ subject: 'Invoice', fields: { no: 7 } });
    const blocked = await expectStatus(200, 'POST', `/chats/${id}/block`, { as: { ...ann, id: 'bert' } });
    expect(blocked.body['chat']).to.include({ isBlocked: true });
  });

  it('shows who works here, and how the workspace routes', async () => {
    const { body } = await expectStatus(200, 'GET', '/operators');
    const [first] = body['operators'] ?? [];
    const id = String(first?.['operator']?.['id']);
    await expectStatus(200, 'GET', `/operators/${id}`);
    const away = await expectStatus(200, 'PATCH', `/operators/${id}`, { status: 'lunch' });
    expect(away.body['operator']).to.include({ status: 'lunch' });
    const group = { id: 'billing', name: 'Billing', isExclusive: false };
    const routing = await expectStatus(200, 'PATCH', '/routing', { addGroups: [group], isAccepting: true });
    expect(routing.body['groups']).to.deep.include(group);
    const workspace = await expectStatus(200, 'GET', '/workspace');
    expect(workspace.body).to.deep.include({ id: 'default', space: 'http', routing: routing.body });
  });

  it('looks no further into a picture than where its size usually stands, for others wait meanwhile', async () => {
    const [start, comment, end] = [Buffer.of(0xff, 0xd8), Buffer.alloc(65_537), Buffer.of(0xff, 0xd9)];
    comment.writeUInt32BE(0xfffe_ffff, 0);
    const frame = Buffer.of(0xff, 0xc0, 0, 11, 8, 0, 3, 0, 5, 1, 1, 0x11, 0);
    const sizes = [];
    for (const comments of [1, 2]) {
      const jpeg = Buffer.concat([start, ...Array.from({ length: comments }, () => comment), frame, end]);
      const { body } = await expectStatus(201, 'POST', '/attachments', jpeg, { 'content-type': 'image/jpeg' });
      sizes.push([body['mime'], body['width'], body['height']]);
    }
    expect(sizes).to.deep.equal([
      ['image/jpeg', 5, 3],
      ['image/jpeg', null, null],
    ]);
    const empty = Buffer.concat([start, Buffer.alloc(4_000_000)]);
    const refused = await expectStatus(422, 'POST', '/attachments', empty, { 'content-type': 'image/jpeg' });
    expect(refused.body).to.include({ code: 'UNSUPPORTED_BODY' });
  });

  it('asks for a picture again later while it cannot be kept', async () => {
    const put = () => Promise.reject(new Error('ENOSPC'));
    const full = await openHouse({ core: { attachments: { ...memoryAttachments(), put } } });
    const { status, body } = await full.ask('POST', '/attachments', png, { 'content-type': 'image/png' });
    await full.close();
    expect([status, body['code'], body['canRetry']]).to.deep.equal([503, 'BUSY', true]);
  });

  it('carries pictures as they are', async () => {
    const stored = await expectStatus(201, 'POST', '/attachments', png, { 'content-type': 'image/png' });
    expect(stored.body).to.include({ mime: 'image/png', bytes: png.length, width: 1, height: 1 });
    const { attachmentId } = { attachmentId: String(stored.body['attachmentId']) };
    const id = await openChat({ ...joe, id: 'pia' });
    const body = { kind: 'image', attachmentId, caption: 'dot' };
    const said = await expectStatus(201, 'POST', `/chats/${id}/messages`, { as: { ...joe, id: 'pia' }, body });
    expect(said.body['message']?.['body']).to.deep.include({ ...body, width: 1 });
    const read = await fetch(`${house.url}/attachments/${attachmentId}`, {
      headers: { authorization: 'Bearer dgm_full' },
    });
    expect(Buffer.from(await read.arrayBuffer()).equals(png)).to.equal(true);
    await expectStatus(200, 'GET', `/attachments/${attachmentId}`);
    const half = await expectStatus(400, 'POST', '/attachments?side=customer', png, { 'content-type': 'image/png' });
    expect(half.body).to.include({ code: 'BAD_REQUEST' });
    const noPicture = await expectStatus(422, 'POST', '/attachments', Buffer.from('GIF'), {
      'content-type': 'image/gif',
    });
    expect(noPicture.body).to.include({ code: 'UNSUPPORTED_BODY' });
  });

  it('tells a person something outside of any chat', async () => {
    const chat = await expectStatus(200, 'GET', `/chats/${await openChat({ ...joe, id: 'ned' })}`);
    const path = `/participants/${chat.body['customerId']}/notifications`;
    await expectStatus(204, 'POST', path, { as: bot, kind: 'order', content: 'It is on its way.' });
  });

  it('gives out all that is kept of a person, and erases it', async () => {
    const chat = await expectStatus(200, 'GET', `/chats/${await openChat({ ...joe, id: 'ida', name: 'Ida' })}`);
    const path = `/participants/${chat.body['customerId']}`;
    const data = await expectStatus(200, 'GET', `${path}/data`);
    const lines = String(data.body)
      .trimEnd()
      .split('\n')
      .map((line): Json => JSON.parse(line));
    expect(lines.map(({ kind }) => kind)).to.deep.equal(['person', 'chat']);
    expect(lines[0].person.name).to.equal('Ida');
    expect(lines[1].messages[0].message.body.text).to.equal('Hello');
    const erased = await expectStatus(200, 'DELETE', path);
    expect(erased.body).to.include({ chats: 1, messages: 1 });
    const after = await house.ask('GET', `/chats/${chat.body['id']}/messages`);
    expect(JSON.stringify(after.body)).to.not.match(/Ida|Hello/);
    const nobody = await ask('GET', '/participants/p_nobody/data');
    expect(nobody.body).to.include({ code: 'UNKNOWN_PARTICIPANT' });
  });

  it('answers a request that comes again as it did the first time, and does nothing more', async () => {
    const id = await openChat({ ...joe, id: 'twice' });
    const words = { as: { ...joe, id: 'twice' }, body: text('Once') };
    const key = { 'idempotency-key': 'order-17/1' };
    const first = await expectStatus(201, 'POST', `/chats/${id}/messages`, words, key);
    const again = await expectStatus(201, 'POST', `/chats/${id}/messages`, words, key);
    expect(again.body).to.deep.equal(first.body);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).to.deep.equal([null, 'true']);
    const other = await expectStatus(409, 'POST', `/chats/${id}/messages`, { ...words, body: text('Twice') }, key);
    expect(other.body).to.include({ code: 'ID_CONFLICT' });
    const byAnother = { ...key, authorization: 'Bearer dgm_other' };
    const own = await expectStatus(201, 'POST', `/chats/${id}/messages`, { ...words, body: text('Mine') }, byAnother);
    expect(own.body['message']?.['seq']).to.equal(3);
  });

  it('goes on with the trace of who asks', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await expectStatus(201, 'POST', '/chats', { as: { ...joe, id: 'traced' }, message: text('Hi') }, { traceparent });
    expect(house.core.commands.at(-1)).to.include({ type: 'PostMessage', traceparent });
  });

  for (const code of rejectionCodes) {
    it(`answers ${code} of the core with its problem`, async () => {
      const id = await openChat({ ...joe, id: 'refused' });
      house.core.answer = () => ({
        ok: false,
        rejection: reject(code, { afterMs: 1_500, assigneeId: 'p_1', what: 'text' }),
      });
      const answer = await ask('POST', `/chats/${id}/messages`, { as: joe, body: text('Hi') }).finally(() => {
        house.core.answer = undefined;
      });
      expect(answer.headers.get('content-type')).to.equal('application/problem+json');
      expect(answer.body).to.deep.include({ code, canRetry: reject(code).canRetry, afterMs: 1_500, what: 'text' });
      expect(answer.body['status']).to.equal(answer.status);
      expect(answer.headers.get('retry-after')).to.equal('2');
      expect(answer.body['type']).to.equal(`/v1/docs#${code}`);
    });
  }

  const own: Readonly<Record<(typeof problemCodes)[number], () => Promise<Answer>>> = {
    BAD_REQUEST: () => ask('POST', '/chats', { as: joe, massage: text('Hi') }),
    UNAUTHENTICATED: () => ask('GET', '/chats', undefined, { authorization: 'Bearer dgm_unknown' }),
    OUT_OF_SCOPE: () => ask('POST', '/chats', { as: joe }, { authorization: 'Bearer dgm_reader' }),
    NOT_FOUND: () => ask('GET', `/attachments/${'0'.repeat(64)}`),
    METHOD_NOT_ALLOWED: () => house.ask('DELETE', '/chats'),
    UNSUPPORTED_MEDIA_TYPE: () => ask('POST', '/chats', 'as=joe', { 'content-type': 'text/plain' }),
    async TOO_MANY_FEEDS() {
      const few = await openHouse({ settings: { limits: { feeds: 0 } } });
      return few.ask('GET', '/events').finally(few.close);
    },
    async TOO_MANY_DUTIES() {
      const few = await openHouse({ settings: { limits: { duties: 0 } } });
      return few.ask('PUT', '/duties/ann', { name: 'Ann' }).finally(few.close);
    },
    async INTERNAL() {
      house.core.answer = () => {
        throw new Error('this is a fault of ours');
      };
      return ask('POST', '/chats', { as: joe }).finally(() => (house.core.answer = undefined));
    },
  };

  for (const code of problemCodes) {
    it(`answers ${code} by itself`, async () => {
      const answer = await own[code]();
      expect(answer.headers.get('content-type')).to.equal('application/problem+json');
      expect(judge.faultsOf('Problem', answer.body)).to.deep.equal([]);
      expect(answer.body).to.include({ code, status: answer.status });
      expect(JSON.stringify(answer.body)).to.not.include('fault of ours');
    });
  }

  it('says where a request is not as described, and never what stands there', async () => {
    const { body } = await ask('POST', '/chats', { as: { side: 'robot' }, fields: 'geheim' });
    const problems = body['problems'].map((problem: Json) => String(problem['path']));
    expect(problems).to.include.members(['body/as/id', 'body/as/side', 'body/fields']);
    expect(JSON.stringify(body)).to.not.include('geheim');
  });

  it('says that a body is too large before it is read to its end', async () => {
    const answer = await ask('POST', '/chats', { as: joe, subject: 'x'.repeat(300_000) });
    expect(answer).to.deep.include({ status: 413 });
    expect(answer.body).to.include({ code: 'TOO_LARGE', what: 'data' });
  });

  it('refuses a path that nobody can read in the same form as everything else, and does not repeat it', async () => {
    const answers = await Promise.all(
      ['/chats/%E0%A4%A', `/chats/${'geheim'.repeat(50)}`].map((path) => house.ask('GET', path)),
    );
    expect(answers.map(({ status, body }) => [status, body['code']])).to.deep.equal([
      [400, 'BAD_REQUEST'],
      [404, 'NOT_FOUND'],
    ]);
    for (const { headers, body } of answers) {
      expect(headers.get('content-type')).to.equal('application/problem+json');
      expect(judge.faultsOf('Problem', body)).to.deep.equal([]);
      expect(JSON.stringify(body)).to.not.match(/geheim|E0/);
    }
  });

  it('takes a type that is declared for a body that is not there, as many clients do', async () => {
    const json = { 'content-type': 'application/json' };
    await expectStatus(204, 'DELETE', '/duties/nobody', undefined, json);
    await expectStatus(400, 'POST', '/chats', undefined, json);
  });

  it('is described in a page that asks nothing of anybody else', async () => {
    const { body, headers } = await house.ask('GET', '/docs');
    const page = String(body);
    expect(headers.get('content-security-policy')).to.include("default-src 'none'");
    expect(page).to.not.match(/<script|<link|<img|https?:\/\//);
    for (const id of judge.operationIds) expect(page, id).to.include(`id="${id}"`);
  });

  it('has been seen to do everything it describes, but for the feed', () => {
    const never = judge.operationIds.filter((id) => ![...(asked.get(id) ?? [])].some((status) => status < 300));
    expect(never).to.deep.equal(['followEvents']);
  });
});

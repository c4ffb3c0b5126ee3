import type { ChannelRoute } from '@dragoman/adapter-phoenix/channels';
import { createFixedClock } from '@dragoman/core/testing';
import { expect } from 'chai';
import { openTestServer, type Changes, type TestServer } from './server.js';
import { http, openWire, polls, refusedUpgrade, type Wire } from './wire.js';

const reply = (joinRef: string | null, ref: string, response: object, status = 'error'): unknown => [
  joinRef,
  ref,
  'room:1',
  'phx_reply',
  { status, response },
];
const close = ['3', '3', 'room:1', 'phx_close', {}];

describe('what a client of the channel server is told', () => {
  let house: TestServer;
  let wire: Wire;

  async function open(changes: Changes = {}, query?: string): Promise<void> {
    house = await openTestServer(changes);
    wire = await openWire(house.port, query === undefined ? {} : { query });
  }

  async function join(params: object = {}): Promise<void> {
    wire.send(['3', '3', 'room:1', 'phx_join', params]);
    expect(await wire.next()).to.deep.equal(reply('3', '3', { welcome: 'room:1' }, 'ok'));
  }

  afterEach(async () => {
    wire?.ws.terminate();
    await house.close();
  });

  describe('about frames that are none', () => {
    const arrays = ['no json', '["3","8","room:1"', '["3","8","room:1","say"]', '7', '{}', '["3","8",1,"say",{}]'];
    for (const text of arrays) {
      it(`closes with 1011: ${text}`, async () => {
        await open();
        wire.send(text);
        expect(await wire.closed).to.equal(1011);
      });
    }

    for (const text of ['["3","8","room:1","say",{}]', '{"topic":"room:1","event":"say","payload":{}}']) {
      it(`closes a connection of version 1 with 1011: ${text}`, async () => {
        await open({}, 'vsn=1.0.0');
        wire.send(text);
        expect(await wire.closed).to.equal(1011);
      });
    }

    it('closes with 1011: bytes that are no push', async () => {
      await open();
      wire.send(Buffer.from('0101010604', 'hex'));
      expect(await wire.closed).to.equal(1011);
    });

    it('closes a connection of version 1 with 1011 for any bytes', async () => {
      await open({}, 'vsn=1.0.0');
      wire.send(Buffer.from('0001010604333864656d6f3a39636c69700102ff', 'hex'));
      expect(await wire.closed).to.equal(1011);
    });

    it('closes with 1007 what is no UTF-8, and with 1009 what is too large', async () => {
      await open({ limits: { frameBytes: 100 } });
      wire.ws.send(Buffer.from([0xff, 0xfe]), { binary: false });
      expect(await wire.closed).to.equal(1007);
      for (const fragments of [1, 2]) {
        const other = await openWire(house.port);
        for (let n = 1; n <= fragments; n++) other.ws.send('x'.repeat(101 / fragments + 1), { fin: n === fragments });
        expect(await other.closed).to.equal(1009);
      }
    });
  });

  describe('when it may not connect', () => {
    it('is refused with 403: an unknown version, a foreign page, a subprotocol that is not ours', async () => {
      house = await openTestServer({ allowedOrigins: ['https://a.example'] });
      const origin = { headers: { origin: 'https://b.example' } };
      for (const vsn of ['1.1.0', '2.1.0', '3.0.0', '2', '2.0', 'abc', '', '2.0.0-rc.1']) {
        expect(await refusedUpgrade(house.port, `/socket/websocket?vsn=${vsn}`), vsn).to.equal(403);
        const { status, body } = await http(house.port, `/socket/longpoll?vsn=${vsn}`);
        expect({ status, body }).to.deep.equal({ status: 200, body: '{"status":403}' });
      }
      expect(await refusedUpgrade(house.port, '/socket/websocket?vsn[]=2.0.0')).to.equal(403);
      expect(await refusedUpgrade(house.port, '/socket/websocket', origin)).to.equal(403);
      expect(await refusedUpgrade(house.port, '/socket/websocket', { protocols: ['graphql-ws'] })).to.equal(403);
      expect((await http(house.port, '/socket/longpoll', origin)).body).to.equal('{"status":403}');
    });

    it('is refused with the status of the connect hook, or 503 when the hook fails', async () => {
      const answers = [401, 429] as const;
      let asked = 0;
      house = await openTestServer({
        connect: () => {
          const status = answers[asked++];
          if (status === undefined) throw new Error('a fault of the hook');
          return { ok: false, status };
        },
      });
      const statuses = [];
      for (let n = 0; n < 3; n++) statuses.push(await refusedUpgrade(house.port, '/socket/websocket'));
      expect(statuses).to.deep.equal([401, 429, 503]);
    });

    it('is answered 400 without an upgrade, and 404 elsewhere', async () => {
      house = await openTestServer();
      expect((await http(house.port, '/socket/websocket')).status).to.equal(400);
      expect((await http(house.port, '/socket/websocket', { method: 'POST' })).status).to.equal(400);
      expect((await http(house.port, '/socket/elsewhere')).status).to.equal(404);
      expect((await http(house.port, '/elsewhere')).status).to.equal(404);
      expect(await refusedUpgrade(house.port, '/socket/elsewhere')).to.equal(404);
    });
  });

  describe('about a join', () => {
    const asked = (params: unknown): unknown => ['3', '3', 'room:1', 'phx_join', params];

    it('of a topic that nobody has', async () => {
      await open({ routes: [] });
      wire.send(asked({}));
      expect(await wire.next()).to.deep.equal(reply(null, '3', { reason: 'unmatched topic' }));
      expect(await wire.next()).to.deep.equal(close);
    });

    it('that is refused for good, or whose params are no object', async () => {
      await open();
      wire.send(asked({ as: 'nobody' }));
      expect(await wire.next()).to.deep.equal(reply('3', '3', { reason: 'unauthorized' }));
      expect(await wire.next()).to.deep.equal(close);
      wire.send(asked([1]));
      expect(await wire.next()).to.deep.equal(reply('3', '3', { reason: 'invalid params' }));
      expect(await wire.next()).to.deep.equal(close);
    });

    it('that may be asked again, or whose hook throws', async () => {
      await open();
      wire.send(asked({ as: 'busy' }));
      expect(await wire.next()).to.deep.equal(reply('3', '3', { reason: 'unavailable' }));
      wire.send(asked({ as: 'fault' }));
      expect(await wire.next()).to.deep.equal(reply('3', '3', { reason: 'join crashed' }));
      await join();
    });

    it('whose hook is late, and nothing of it is left', async () => {
      const clock = createFixedClock();
      await open({ clock });
      wire.send(asked({ as: 'slow' }));
      wire.send(['3', '4', 'room:1', 'phx_leave', {}]);
      await roundTrip();
      clock.advance(8000);
      expect(await wire.next()).to.deep.equal(reply('3', '3', { reason: 'timeout' }));
      expect(await wire.next()).to.deep.equal(reply('3', '4', {}, 'ok'));
    });

    it('above the number of channels, or too soon after many others', async () => {
      await open({ limits: { channels: 2, joins: { count: 4, withinMs: 10_000 } } });
      for (const n of ['1', '2', '3']) wire.send([n, n, `room:${n}`, 'phx_join', {}]);
      await wire.next();
      await wire.next();
      expect(await wire.next()).to.deep.equal([
        '3',
        '3',
        'room:3',
        'phx_reply',
        { status: 'error', response: { reason: 'too many channels joined' } },
      ]);
      for (const n of ['4', '5']) wire.send([n, n, `room:${n}`, 'phx_join', {}]);
      await wire.next();
      expect(await wire.next()).to.deep.equal([
        '5',
        '5',
        'room:5',
        'phx_reply',
        { status: 'error', response: { reason: 'rate limited' } },
      ]);
    });
  });

  describe('about a push', () => {
    it('of a topic it has not joined, or has left', async () => {
      await open();
      wire.send([null, '8', 'room:1', 'echo', {}]);
      expect(await wire.next()).to.deep.equal(reply(null, '8', { reason: 'unmatched topic' }));
      await join();
      wire.send(['3', '4', 'room:1', 'phx_leave', {}]);
      expect(await wire.next()).to.deep.equal(reply('3', '4', {}, 'ok'));
      expect(await wire.next()).to.deep.equal(close);
      wire.send(['3', '8', 'room:1', 'echo', {}]);
      expect(await wire.next()).to.deep.equal(reply(null, '8', { reason: 'unmatched topic' }));
      expect(await wire.next()).to.deep.equal(['3', '3', 'room:1', 'phx_error', { reason: 'unmatched topic' }]);
    });

    it('of an earlier join: nothing', async () => {
      await open();
      await join();
      wire.send(['1', '8', 'room:1', 'echo', {}]);
      await roundTrip();
    });

    it('that nobody handles, that is reserved, that fails or is refused, and the channel stays', async () => {
      await open();
      await join();
      const rows = [
        ['unheard-of', { reason: 'unhandled event' }],
        ['heartbeat', { reason: 'unhandled event' }],
        ['phx_reply', { reason: 'reserved event' }],
        ['phx_close', { reason: 'reserved event' }],
        ['phx_error', { reason: 'reserved event' }],
        ['phx_more', { reason: 'reserved event' }],
        ['fault', { reason: 'internal error' }],
        ['refuse', { reason: 'invalid body', at: 'text' }],
      ] as const;
      for (const [event, response] of rows) {
        wire.send(['3', '8', 'room:1', event, {}]);
        expect(await wire.next(), event).to.deep.equal(reply('3', '8', response));
      }
      wire.send(['3', '9', 'room:1', 'echo', { n: 1 }]);
      expect(await wire.next()).to.deep.equal(reply('3', '9', { said: { n: 1 } }, 'ok'));
    });

    it('that wants no reply: none', async () => {
      await open();
      await join();
      wire.send(['3', null, 'room:1', 'refuse', {}]);
      await roundTrip();
    });

    it('whose hook is late, and what it pushed meanwhile comes after', async () => {
      const clock = createFixedClock();
      await open({ clock });
      await join();
      wire.send(['3', '8', 'room:1', 'slow', {}]);
      wire.send(['3', '9', 'room:1', 'echo', {}]);
      await roundTrip();
      clock.advance(8000);
      expect(await wire.next()).to.deep.equal(reply('3', '8', { reason: 'timeout' }));
      expect(await wire.next()).to.deep.equal(reply('3', '9', { said: {} }, 'ok'));
    });

    it('whose hooks are all late: each in its time, and as many timers run as before', async () => {
      const clock = createFixedClock();
      await open({ clock });
      await join();
      wire.send(['4', '4', 'room:2', 'phx_join', {}]);
      await wire.next();
      for (let ref = 10; ref < 15; ref += 1) wire.send(['3', String(ref), 'room:1', 'slow', {}]);
      await roundTrip();
      clock.advance(4000);
      for (let ref = 20; ref < 25; ref += 1) wire.send(['4', String(ref), 'room:2', 'slow', {}]);
      await roundTrip();
      const { waiting } = clock;
      const late = [];
      for (let half = 0; half < 8; half += 1) {
        clock.advance(4000);
        late.push(Reflect.get(Object(await wire.next()), 1));
        expect(clock.waiting).to.equal(waiting);
      }
      expect(late).to.deep.equal(['10', '20', '11', '21', '12', '22', '13', '23']);
    });

    it('of bytes, where they are not taken', async () => {
      const route: ChannelRoute<undefined> = {
        topic: 'room:*',
        join: () => ({ ok: true, handler: { push: () => ({ ok: true }) } }),
      };
      await open({ routes: [route] });
      wire.send(['3', '3', 'room:1', 'phx_join', {}]);
      await wire.next();
      wire.send(Buffer.concat([Buffer.from([0, 1, 1, 6, 4]), Buffer.from('38room:1clip')]));
      expect(await wire.next()).to.deep.equal(reply('3', '8', { reason: 'binary not supported' }));
    });

    it('that is too fast, and at last is closed with 1008', async () => {
      const limits = { pushes: { perSecond: 2, burst: 1 }, refusals: { count: 2, withinMs: 60_000 } };
      await open({ limits, clock: createFixedClock() });
      await join();
      for (const ref of ['1', '2', '3', '4']) wire.send(['3', ref, 'room:1', 'echo', {}]);
      expect(await wire.next()).to.deep.equal(reply('3', '1', { said: {} }, 'ok'));
      for (const ref of ['2', '3', '4']) {
        expect(await wire.next()).to.deep.equal(reply('3', ref, { reason: 'rate limited', retry_after_ms: 500 }));
      }
      expect(await wire.closed).to.equal(1008);
      await house.waitFor('ended room:1 disconnected');
    });

    it('that waits for others, when too many do', async () => {
      await open({ limits: { waitingFrames: 1 } });
      await join();
      for (const [ref, event] of [
        ['1', 'slow'],
        ['2', 'echo'],
        ['3', 'echo'],
      ])
        wire.send(['3', ref, 'room:1', event, {}]);
      expect(await wire.next()).to.deep.equal(reply('3', '3', { reason: 'rate limited', retry_after_ms: 1000 }));
    });
  });

  describe('otherwise', () => {
    it('gets ok for leaving what it has not joined', async () => {
      await open();
      wire.send(['3', '4', 'room:1', 'phx_leave', {}]);
      expect(await wire.next()).to.deep.equal(reply('3', '4', {}, 'ok'));
    });

    it('gets its heartbeat answered, in whatever shape, also while a join is being answered', async () => {
      await open();
      wire.send(['3', '3', 'room:1', 'phx_join', { as: 'slow' }]);
      const answer = [null, '9', 'phoenix', 'phx_reply', { status: 'ok', response: {} }];
      for (const frame of [
        [null, '9', 'phoenix', 'heartbeat', {}],
        ['1', '9', 'phoenix', 'heartbeat', null, 'more'],
      ]) {
        wire.send(frame);
        expect(await wire.next()).to.deep.equal(answer);
      }
    });

    it('is spoken to in objects by version 1, with the join ref on what ends a channel', async () => {
      await open({}, '');
      const say = (event: string, ref: string): void =>
        wire.send(`{"topic":"room:1","event":"${event}","payload":{},"ref":"${ref}"}`);
      const said = (event: string, ref: string | null, payload: object): unknown => ({
        topic: 'room:1',
        event,
        payload,
        ref,
      });
      const ok = (response: object): object => ({ status: 'ok', response });
      say('phx_join', '1');
      expect(await wire.next()).to.deep.equal(said('phx_reply', '1', ok({ welcome: 'room:1' })));
      say('say', '2');
      expect(await wire.next()).to.deep.equal(said('phx_reply', '2', ok({})));
      expect(await wire.next()).to.deep.equal(said('said', null, { said: {} }));
      say('phx_join', '3');
      expect(await wire.next()).to.deep.equal(said('phx_reply', '3', ok({ welcome: 'room:1' })));
      expect(await wire.next()).to.deep.equal(said('phx_close', '1', {}));
      say('crash', '4');
      expect(await wire.next()).to.deep.equal(said('phx_reply', '4', ok({})));
      expect(await wire.next()).to.deep.equal(said('phx_error', '3', { reason: 'channel_crash' }));
    });

    it('hears what was said too early only after the answer to its join', async () => {
      await open();
      wire.send(['3', '3', 'room:1', 'phx_join', { as: 'eager' }]);
      expect(await wire.next()).to.deep.equal(reply('3', '3', {}, 'ok'));
      expect(await wire.next()).to.deep.equal(['3', null, 'room:1', 'early', {}]);
    });
  });

  describe('over long-poll', () => {
    it('loses its session for a frame that is none', async () => {
      house = await openTestServer();
      const { poll, post } = polls(house.port);
      const { token } = await poll();
      expect(await post(token, 'no frame')).to.deep.equal({ status: 500 });
      expect(await poll(`token=${token}`)).to.deep.equal({ status: 500 });
      expect(await post(token, '')).to.deep.equal({ status: 410 });
    });

    it('is told that a body is too large or holds too many frames, and nothing of it is done', async () => {
      house = await openTestServer({ limits: { postBytes: 500, postFrames: 2 } });
      const { poll, post } = polls(house.port);
      const { token } = await poll();
      const joins = (count: number): string =>
        Array.from({ length: count }, (_, n) => JSON.stringify([`${n}`, `${n}`, 'room:1', 'phx_join', {}])).join('\n');
      expect(await post(token, joins(3))).to.deep.equal({ status: 413 });
      expect(await post(token, 'x'.repeat(501))).to.deep.equal({ status: 413 });
      expect(house.joins).to.have.length(0);
      expect(await post(token, joins(2))).to.deep.equal({ status: 200 });
      expect(house.joins).to.have.length(2);
    });

    it('is answered 400 for other methods', async () => {
      house = await openTestServer();
      for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
        expect((await http(house.port, '/socket/longpoll', { method })).status, method).to.equal(400);
      }
    });
  });

  /** Nothing else is on its way. */
  async function roundTrip(): Promise<void> {
    wire.send([null, '99', 'phoenix', 'heartbeat', {}]);
    expect(await wire.next()).to.deep.equal([null, '99', 'phoenix', 'phx_reply', { status: 'ok', response: {} }]);
  }
});

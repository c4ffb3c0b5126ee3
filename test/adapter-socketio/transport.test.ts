import { socketioCarrier, type Carrier, type CarrierOptions, type Peer } from '@dragoman/adapter-socketio';
import { createCollectingLog } from '@dragoman/core/testing';
import { expect } from 'chai';
import { generations, listenTo, transports, type Ear } from './clients.js';
import { openListener, type TestListener } from './listener.js';

const everything = 'Zoë schreibt: ключ 🔑 漢字 \u0080 ß, plain too';

/** Resolves once the bytes of a client travel by WebSocket. */
function upgraded({ socket }: Ear): Promise<void> {
  const engine: unknown = Reflect.get(Object(Reflect.get(socket, 'io')), 'engine');
  const isUpgraded = (): boolean =>
    Reflect.get(Object(Reflect.get(Object(engine), 'transport')), 'name') === 'websocket';
  return new Promise((resolve) => {
    if (isUpgraded()) return resolve();
    Reflect.apply(Reflect.get(Object(engine), 'once'), engine, ['upgrade', () => resolve()]);
  });
}

describe('the Socket.IO carrier', () => {
  let web: TestListener;
  let close: () => void = () => undefined;
  const ears: Ear[] = [];

  beforeEach(async () => {
    web = await openListener();
  });

  afterEach(async () => {
    ears.splice(0).forEach((ear) => ear.close());
    close();
    await web.close();
  });

  function open(on: (peer: Peer) => void, options: Partial<CarrierOptions> = {}): Carrier {
    const carrier = socketioCarrier({ listener: web.listener, ...options });
    close = carrier.open(new Map([['/room', on]]), createCollectingLog());
    return carrier;
  }

  function connect(version: string, options: Readonly<Record<string, unknown>> = {}, namespace = '/room'): Ear {
    const client = generations[version];
    if (client === undefined) throw new Error(`no client ${version}`);
    const socket = client(`${web.url}${namespace}`, { forceNew: true, transports: ['websocket'], ...options });
    const ear = listenTo(socket, ['connect', 'connect_error', 'disconnect', 'echo', 'number', 'error']);
    ears.push(ear);
    return ear;
  }

  const echoes = (peer: Peer): void => {
    peer.receive(({ args, ack }) => {
      peer.send({ name: 'echo', args });
      ack?.(...args);
    });
  };

  for (const version of Object.keys(generations)) {
    for (const [way, list] of Object.entries(transports)) {
      it(`carries every character both ways with client ${version} over ${way}`, async () => {
        open(echoes);
        const ear = connect(version, { transports: list });
        await ear.next('connect');
        expect(await ear.ask('say', everything, 7, { deep: [everything] })).to.deep.equal([
          everything,
          7,
          { deep: [everything] },
        ]);
        expect(await ear.next('echo')).to.deep.equal([everything, 7, { deep: [everything] }]);
        if (way !== 'polling, then websocket') return;
        await upgraded(ear);
        expect(await ear.ask('say', everything)).to.deep.equal([everything]);
      });
    }

    it(`tells client ${version} apart who may come back: refused stays away, dropped returns`, async () => {
      const peers: Peer[] = [];
      open((peer) => peers.push(peer));
      const ear = connect(version, { reconnectionDelay: 10 });
      await ear.next('connect');
      peers[0]?.drop();
      expect(await ear.next('disconnect')).to.have.property('0', 'transport close');
      await ear.until(() => peers.length === 2);
      peers[1]?.refuse();
      expect(await ear.next('disconnect')).to.have.property('0', 'io server disconnect');
    });
  }

  it('sends what was pushed behind a reserved place only after the place was filled', async () => {
    open((peer) => {
      const place = peer.reserve();
      peer.send({ name: 'number', args: [2] });
      peer.receive(() => place([{ name: 'number', args: [1] }]));
    });
    const ear = connect('4.8.4');
    await ear.next('connect');
    ear.say('fill');
    expect(await ear.next('number')).to.deep.equal([1]);
    expect(await ear.next('number')).to.deep.equal([2]);
  });

  for (const [way, list] of Object.entries(transports)) {
    it(`brings a load part by part over ${way}, each when the client has taken the one before`, async () => {
      const taken: number[] = [];
      open((peer) => {
        const load = peer.load();
        peer.send({ name: 'number', args: [3] });
        void (async () => {
          for (const count of [0, 1, 2]) {
            await load.bring([{ name: 'number', args: [count] }]);
            taken.push(count);
          }
          load.end();
        })();
      });
      const ear = connect('4.8.4', { transports: list });
      for (const count of [0, 1, 2, 3]) expect(await ear.next('number')).to.deep.equal([count]);
      expect(taken).to.deep.equal([0, 1, 2]);
    });
  }

  it('sends a client away that makes too much wait behind an unfilled place', async () => {
    open(
      (peer) => {
        peer.reserve();
        for (let count = 0; count < 20; count += 1) peer.send({ name: 'number', args: [count] });
      },
      { maxWaitingFrames: 10 },
    );
    const ear = connect('4.8.4', { reconnection: false });
    await ear.next('disconnect');
    expect(ear.heard.filter(({ name }) => name === 'number')).to.deep.equal([]);
  });

  it('sends a frame that is larger than all a client may leave unread, and what follows it', async () => {
    const large = 'x'.repeat(5000);
    open(
      (peer) => {
        peer.send({ name: 'echo', args: [large] });
        // Each is written by itself, while the client has read none of it.
        queueMicrotask(() => peer.send({ name: 'number', args: [1] }));
        setImmediate(() => peer.send({ name: 'number', args: [2] }));
      },
      { maxUnreadBytes: 1000 },
    );
    const ear = connect('4.8.4', { transports: ['polling'], upgrade: false });
    expect(await ear.next('echo')).to.deep.equal([large]);
    expect([await ear.next('number'), await ear.next('number')]).to.deep.equal([[1], [2]]);
  });

  it('sends a client away that leaves more unread than it may', async () => {
    const large = 'x'.repeat(600);
    open(
      (peer) => {
        peer.receive(() => {
          // Nothing is polled for within one turn.
          for (let count = 0; count < 5; count += 1) {
            peer.send({ name: 'echo', args: [large, count] });
            peer.send({ name: 'number', args: [count] });
          }
        });
      },
      { maxUnreadBytes: 1000 },
    );
    const ear = connect('4.8.4', { transports: ['polling'], upgrade: false, reconnection: false });
    await ear.next('connect');
    ear.say('more');
    await ear.next('disconnect');
  });

  it('sends a client away that leaves its answers unread', async () => {
    open((peer) => peer.receive(({ ack }) => ack?.('x'.repeat(600))), { maxUnreadBytes: 1000 });
    const ear = connect('4.8.4', { transports: ['polling'], upgrade: false, reconnection: false });
    await ear.next('connect');
    for (let count = 0; count < 5; count += 1) ear.socket.emit('say', () => undefined);
    await ear.next('disconnect');
  });

  it('encodes a frame once, however many hear it', async () => {
    const peers: Peer[] = [];
    open((peer) => peers.push(peer));
    const listening = ['4.8.4', '4.8.4', '1.7.4'].map((version) => connect(version));
    await Promise.all(listening.map((ear) => ear.next('connect')));
    let encodings = 0;
    const counted = {
      toJSON() {
        encodings += 1;
        return 'text';
      },
    };
    const sendTo = async (some: readonly Peer[]): Promise<number> => {
      const before = encodings;
      const frame = { name: 'echo', args: [counted] };
      for (const peer of some) peer.send(frame);
      await Promise.all(listening.slice(0, some.length).map((ear) => ear.next('echo')));
      return encodings - before;
    };
    const forOne = await sendTo(peers.slice(0, 1));
    expect(forOne).to.be.greaterThan(0);
    expect(await sendTo(peers)).to.equal(forOne);
  });

  it('sends the same frame twice to whom it is sent twice', async () => {
    open((peer) => {
      const frame = { name: 'number', args: [1] };
      peer.send(frame);
      peer.send(frame);
      peer.send({ name: 'number', args: [2] });
    });
    const ear = connect('4.8.4');
    await ear.until((heard) => heard.some(({ args }) => args[0] === 2));
    expect(ear.heard.filter(({ name }) => name === 'number').map(({ args }) => args[0])).to.deep.equal([1, 1, 2]);
  });

  it('refuses a page of a foreign origin and takes one that is listed', async () => {
    open(echoes, { origins: ['https://shop.example'] });
    const asking = (origin: string): Promise<Response> =>
      fetch(`${web.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
    expect((await asking('https://evil.example')).status).to.equal(403);
    const taken = await asking('https://shop.example');
    expect(taken.status).to.equal(200);
    expect(taken.headers.get('access-control-allow-origin')).to.equal('https://shop.example');
    expect(taken.headers.get('access-control-allow-credentials')).to.equal('true');
    expect((await asking(web.url)).status).to.equal(200);
  });

  it('takes a program that names no origin, and no page that asks for a script instead', async () => {
    open(echoes);
    const asking = (more: string): Promise<Response> => fetch(`${web.url}/socket.io/?EIO=3&transport=polling${more}`);
    expect((await asking('')).status).to.equal(200);
    expect((await asking('&j=0')).status).to.equal(403);
  });

  it('ends the connection of a client that sends more than a frame may hold, and of no other', async () => {
    open(echoes, { maxFrameBytes: 1000 });
    const [big, good] = [connect('4.8.4', { reconnection: false }), connect('4.8.4')];
    await Promise.all([big.next('connect'), good.next('connect')]);
    big.say('say', 'x'.repeat(2000));
    expect(await big.next('disconnect')).to.have.property('0', 'transport close');
    expect(await good.ask('say', 1)).to.deep.equal([1]);
  });

  it('ends the connection of a client that sends too much at a time, and reads no more of it', async () => {
    let heard = 0;
    const count = (peer: Peer): void =>
      peer.receive(({ ack }) => {
        heard += 1;
        ack?.(heard);
      });
    open(count, { inflowRate: { perSecond: 1, burst: 1000 } });
    const ear = connect('4.8.4', { reconnection: false });
    await ear.next('connect');
    const large = 'x'.repeat(400);
    expect([await ear.ask('say', large), await ear.ask('say', large)]).to.deep.equal([[1], [2]]);
    ear.say('say', large);
    expect(await ear.next('disconnect')).to.have.property('0', 'transport close');
    expect(heard).to.equal(2);
  });

  it('minds more where a dialect expects more', async () => {
    open(
      (peer) => {
        peer.boundInflow({ perSecond: 1, burst: 5000 });
        echoes(peer);
      },
      { inflowRate: { perSecond: 1, burst: 1000 } },
    );
    const ear = connect('4.8.4', { reconnection: false });
    await ear.next('connect');
    expect(await ear.ask('say', 'x'.repeat(4000))).to.deep.equal(['x'.repeat(4000)]);
  });

  it('opens no more connections from one address than it may, and minds those that are open', async () => {
    open(echoes, {
      handshakes: { perSecond: 1 / 3600, burst: 2 },
      addressOf: ({ headers }) => String(headers['x-forwarded-for']),
    });
    const from = (address: string): Ear =>
      connect('4.8.4', { reconnection: false, extraHeaders: { 'X-Forwarded-For': address } });
    const [first, second] = [from('2001:db8::1'), from('2001:db8::2')];
    await Promise.all([first.next('connect'), second.next('connect')]);
    await from('2001:db8::3').next('connect_error');
    await from('2001:db8:0:1::1').next('connect');
    expect(await first.ask('say', 1)).to.deep.equal([1]);
  });

  it('takes what is nested beyond reason for nothing', async () => {
    open(echoes);
    const ear = connect('4.8.4');
    await ear.next('connect');
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(await ear.ask('say', nested(100), 1)).to.deep.equal([nested(100), 1]);
    expect(await ear.ask('say', nested(101), { deep: nested(100) })).to.deep.equal([null, null]);
  });

  it('survives an event that is called error', async () => {
    open(echoes);
    const ear = connect('4.8.4');
    await ear.next('connect');
    ear.say('error', 'not one');
    expect(await ear.ask('say', 1)).to.deep.equal([1]);
  });

  it('survives it in the namespace that nobody opened', async () => {
    open(echoes);
    const [root, ear] = [connect('4.8.4', {}, '/'), connect('4.8.4')];
    await Promise.all([root.next('connect'), ear.next('connect')]);
    root.say('error', 'not one');
    root.close();
    expect(await ear.ask('say', 1)).to.deep.equal([1]);
    expect(await ear.ask('say', 2)).to.deep.equal([2]);
  });

  it('frees its path when it closes, and takes it again', async () => {
    const carrier = open(echoes);
    expect(web.claims.size).to.equal(1);
    close();
    expect(web.claims.size).to.equal(0);
    close = carrier.open(new Map([['/room', echoes]]), createCollectingLog());
    const ear = connect('4.8.4');
    await ear.next('connect');
    expect(await ear.ask('say', 1)).to.deep.equal([1]);
  });

  it('opens no connection while it is shut, minds those that are open, and is open again after a close', async () => {
    const carrier = open(echoes);
    const ear = connect('4.8.4');
    await ear.next('connect');
    carrier.shut();
    const hello = (): Promise<Response> => fetch(`${web.url}/socket.io/?EIO=4&transport=polling`);
    expect((await hello()).status).to.equal(503);
    expect(await ear.ask('say', 1)).to.deep.equal([1]);
    close();
    close = carrier.open(new Map([['/room', echoes]]), createCollectingLog());
    expect((await hello()).status).to.equal(200);
  });

  it('refuses a second owner of a namespace', () => {
    const carrier = open(echoes);
    expect(() => carrier.open(new Map([['/room', echoes]]), createCollectingLog())).to.throw(TypeError, '/room');
  });
});

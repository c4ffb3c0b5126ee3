import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anybody, createChannelServer, listenOn } from '@dragoman/adapter-phoenix/channels';
import { Fault } from '@dragoman/core';
import { createFixedClock } from '@dragoman/core/testing';
import { expect } from 'chai';

describe('an http server that is shared', () => {
  let http: Server;

  beforeEach(async () => {
    http = createServer((_, response) => response.end('the page'));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });
  afterEach(() => http.close());

  async function answerOf(path: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`);
    return answer.text();
  }

  it('gives a path to whoever claims most of it, in whole segments, and the rest to whom it was', async () => {
    const listener = listenOn(http);
    const claim = (prefix: string) => listener.claim([prefix], { request: (_, response) => response.end(prefix) });
    claim('/a');
    const release = claim('/a/b');
    const paths = ['/a', '/a/c', '/a/b/c', '/ab', '/'];
    expect(await Promise.all(paths.map(answerOf))).to.deep.equal(['/a', '/a', '/a/b', 'the page', 'the page']);
    release();
    expect(await answerOf('/a/b/c')).to.equal('/a');
  });

  it('claims nothing for whoever wants a path that is taken', async () => {
    const listener = listenOn(http);
    listener.claim(['/a'], { request: (_, response) => response.end('first') });
    expect(() => listener.claim(['/b', '/a'], {}))
      .to.throw(Fault, 'this path is taken: /a')
      .with.property('code', 'CONFIG_INVALID');
    expect(await Promise.all(['/a', '/b'].map(answerOf))).to.deep.equal(['first', 'the page']);
  });

  it('has nothing running of a channel server whose path is taken', () => {
    const [listener, clock] = [listenOn(http), createFixedClock()];
    listener.claim(['/socket'], {});
    expect(() => createChannelServer({ listener, clock, connect: anybody, routes: [] })).to.throw(Fault);
    expect(clock.waiting).to.equal(0);
  });
});

import type { IncomingMessage } from 'node:http';
import { clientAddress } from '@dragoman/gateway';
import { expect } from 'chai';

/** A request as far as this is about it. */
function request(remoteAddress: string, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as IncomingMessage;
}

describe('where a request comes from', () => {
  const addressOf = clientAddress(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);

  it('is its socket, whatever somebody writes into a header whom nobody trusts', () => {
    expect(addressOf(request('203.0.113.9'))).to.equal('203.0.113.9');
    expect(addressOf(request('203.0.113.9', '198.51.100.1'))).to.equal('203.0.113.9');
    expect(clientAddress([])(request('10.1.2.3', '198.51.100.1'))).to.equal('10.1.2.3');
  });

  it('is what a trusted proxy says, behind several of them too', () => {
    expect(addressOf(request('10.1.2.3', '198.51.100.1'))).to.equal('198.51.100.1');
    expect(addressOf(request('::ffff:10.1.2.3', '198.51.100.1, 192.0.2.7'))).to.equal('198.51.100.1');
    expect(addressOf(request('fd00::1', '2001:db8::5'))).to.equal('2001:db8::5');
  });

  it('is not what the client itself put before the words of the proxy', () => {
    expect(addressOf(request('10.1.2.3', '127.0.0.1, 198.51.100.1'))).to.equal('198.51.100.1');
  });

  it('is found beside its port, as some proxies write it', () => {
    expect(addressOf(request('10.1.2.3', '127.0.0.1, 198.51.100.1:4711'))).to.equal('198.51.100.1');
    expect(addressOf(request('10.1.2.3', '127.0.0.1, [2001:db8::5]:4711'))).to.equal('2001:db8::5');
    expect(addressOf(request('10.1.2.3', '198.51.100.1, 10.4.4.4:80'))).to.equal('198.51.100.1');
  });

  it('is not what stands left of a word that nobody can read', () => {
    expect(addressOf(request('10.1.2.3', '198.51.100.1, unknown'))).to.equal('10.1.2.3');
    expect(addressOf(request('10.1.2.3', '198.51.100.1, _hidden, 192.0.2.7'))).to.equal('10.1.2.3');
  });

  it('is the proxy itself where it says nothing that is an address', () => {
    for (const header of [undefined, '', 'unknown', '10.9.9.9']) {
      expect(addressOf(request('10.1.2.3', header))).to.equal('10.1.2.3');
    }
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { encode, parseInbound, parseOutbound, type ParkReason } from '@dragoman/adapter-amqp/sermo';

interface Example {
  readonly name: string;
  readonly direction: 'inbound' | 'outbound';
  /** As it stands in the document. */
  readonly body: string;
}

const folder = 'test/fixtures/sermo';
const examples: readonly Example[] = readdirSync(folder).map((name) => ({
  name,
  ...(JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Omit<Example, 'name'>),
}));
const bytes = (text: string): Buffer => Buffer.from(text);
const parse = { inbound: parseInbound, outbound: parseOutbound };
const whose = { platformId: 'comviq-web', userId: 'u-1' };
const inbound = (fields: object): ReturnType<typeof parseInbound> =>
  parseInbound(bytes(JSON.stringify({ ...whose, ...fields })));
const outbound = (fields: object): ReturnType<typeof parseOutbound> =>
  parseOutbound(bytes(JSON.stringify({ ...whose, ...fields })));
const reasonOf = (parsed: ReturnType<typeof parseInbound> | ReturnType<typeof parseOutbound>): string =>
  parsed.ok ? 'read' : `${parsed.problem.reason} ${parsed.problem.detail}`.trim();

describe('the examples of the document', () => {
  it('are all here', () => {
    expect(examples.filter(({ direction }) => direction === 'inbound')).to.have.length(7);
    expect(examples.filter(({ direction }) => direction === 'outbound')).to.have.length(11);
  });

  for (const { name, direction, body } of examples) {
    it(`${name} is read, and written as it was`, () => {
      const read = parse[direction](bytes(body));
      if (!read.ok || read.event === null) throw new Error(reasonOf(read));
      expect(read.odd).to.deep.equal([]);
      expect(read.event).to.deep.equal(JSON.parse(body));
      expect(encode(read.event, read.event)).to.equal(JSON.stringify(JSON.parse(body)));
    });
  }
});

describe('reading an event', () => {
  const bad: readonly (readonly [what: string, body: Uint8Array, reason: string])[] = [
    ['bytes that are no UTF-8', Buffer.from([0xc3, 0x28]), 'not_utf8'],
    ['text that is no JSON', bytes('{'), 'not_json'],
    ['a list', bytes('[]'), 'not_object'],
    ['null', bytes('null'), 'not_object'],
    ['more than 12 MiB', Buffer.alloc(12 * 1024 * 1024 + 1, ' '), 'body_too_large'],
  ];
  for (const [what, body, reason] of bad) {
    it(`puts aside ${what}: ${reason}`, () => {
      expect(reasonOf(parseInbound(body))).to.equal(reason);
      expect(reasonOf(parseOutbound(body))).to.equal(reason);
    });
  }

  it('strips a byte order mark', () => {
    const body = bytes(`\ufeff${JSON.stringify({ type: 'heartbeat', ...whose })}`);
    expect(parseInbound(body).ok).to.equal(true);
  });

  const fields: readonly (readonly [fields: object, reason: `${ParkReason}${string}` | 'read'])[] = [
    [{}, 'invalid_event type'],
    [{ type: 5 }, 'invalid_event type'],
    [{ type: 'text', text: 'a', userId: '' }, 'invalid_event userId'],
    [{ type: 'text', text: 'a', userId: 7 }, 'invalid_event userId'],
    [{ type: 'text', text: 'a', userId: 'a\u0000b' }, 'invalid_event userId'],
    [{ type: 'text', text: 'a', userId: 'u'.repeat(129) }, 'invalid_event userId'],
    [{ type: 'text', text: 'a', userId: 'a\ud800' }, 'invalid_event userId'],
    [{ type: 'text', text: 'a', platformId: 'a.b' }, 'invalid_event platformId'],
    [{ type: 'text', text: 'a', platformId: undefined }, 'invalid_event platformId'],
    [{ type: 'text' }, 'invalid_event text'],
    [{ type: 'text', text: ' \n' }, 'invalid_event text'],
    [{ type: 'text', text: 'x'.repeat(32_769) }, 'text_too_long text'],
    [{ type: 'text', text: 'x'.repeat(32_768) }, 'read'],
    [{ type: 'text', text: '', image: 'data:image/png;base64,AAAA' }, 'read'],
    [{ type: 'typing', text: '', at: 'now' }, 'read'],
    [{ type: 'typing' }, 'invalid_event text'],
    [{ type: 'messages_read' }, 'read'],
    [{ type: 'agent_done' }, 'wrong_direction inbound agent_done'],
    [{ type: 'dance' }, 'unknown_type inbound dance'],
    [{ type: '__proto__' }, 'unknown_type inbound __proto__'],
    [{ platform: 'web', user: { id: 'u' }, type: 'text', platformId: undefined }, 'invalid_event platformId'],
  ];
  for (const [given, reason] of fields) {
    it(`answers ${JSON.stringify(given).slice(0, 60)} from a customer with: ${reason}`, () => {
      expect(reasonOf(inbound(given))).to.equal(reason);
    });
  }

  const desk: readonly (readonly [fields: object, reason: string])[] = [
    [{ type: 'queue_number' }, 'invalid_event queueNumber'],
    [{ type: 'queue_number', queueNumber: 1.5 }, 'invalid_event queueNumber'],
    [{ type: 'queue_number', queueNumber: -1 }, 'invalid_event queueNumber'],
    [{ type: 'queue_number', queueNumber: '3' }, 'read'],
    [{ type: 'system_text', text: '' }, 'invalid_event text'],
    [{ type: 'client_left', at: 'x' }, 'wrong_direction outbound client_left'],
  ];
  for (const [given, reason] of desk) {
    it(`answers ${JSON.stringify(given)} from a desk with: ${reason}`, () => {
      expect(reasonOf(outbound(given))).to.equal(reason);
    });
  }

  it('counts an optional field that is wrong as absent, and names it', () => {
    const read = outbound({ type: 'text', text: 'a', agent: 'Ann', typing: 'x' });
    expect(read).to.deep.equal({ ok: true, event: { type: 'text', text: 'a', ...whose }, odd: ['agent', 'typing'] });
    expect(outbound({ type: 'handover_to_bot', flowGroupId: 5 })).to.deep.include({ odd: ['flowGroupId'] });
    expect(outbound({ type: 'text', text: 'a', typing: 60_001 })).to.deep.include({ odd: ['typing'] });
  });

  it('knows the other names of an event, and hands over those of later revisions as they are', () => {
    const typeOf = (read: ReturnType<typeof outbound> | ReturnType<typeof inbound>): unknown =>
      read.ok ? (read.event?.type ?? null) : reasonOf(read);
    expect(typeOf(outbound({ type: 'handover_to' }))).to.equal('handover_to_agent');
    expect(typeOf(inbound({ type: 'client_closed' }))).to.equal('client_left');
    expect(typeOf(outbound({ type: 'info', text: 'a' }))).to.equal('system_text');
    expect(typeOf(inbound({ type: 'start' }))).to.equal('heartbeat');
    expect(typeOf(inbound({ type: 'application_heartbeat' }))).to.equal(null);
    const claimed = inbound({ type: 'claim_session', agent: { id: 'anan01' } });
    expect('opaque' in claimed && claimed.opaque).to.deep.equal({
      ...{ name: 'claim_session', ...whose, data: { agent: { id: 'anan01' } } },
    });
  });

  it('names the other name it was read under, so that it can be counted', () => {
    expect(outbound({ type: 'handover_to' })).to.deep.include({ alias: 'handover_to' });
    expect(inbound({ type: 'client_closed' })).to.deep.include({ alias: 'client_closed' });
    expect(outbound({ type: 'end_session' })).to.deep.include({ alias: 'end_session' });
    expect(inbound({ type: 'claim_session' })).to.deep.include({ alias: 'claim_session' });
    expect(inbound({ type: 'heartbeat' })).to.not.have.property('alias');
  });

  it('without extensions knows the document alone, and the names of its own scenario', () => {
    const plain = { extensions: false };
    const body = (type: string): Uint8Array => bytes(JSON.stringify({ type, text: 'a', ...whose }));
    for (const type of ['info', 'end_session', 'claim_session'])
      expect(reasonOf(parseOutbound(body(type), plain))).to.equal(`unknown_type outbound ${type}`);
    for (const type of ['start', 'end_session', 'application_heartbeat'])
      expect(reasonOf(parseInbound(body(type), plain))).to.equal(`unknown_type inbound ${type}`);
    expect(parseOutbound(body('handover_to'), plain).ok).to.equal(true);
    expect(parseInbound(body('client_closed'), plain).ok).to.equal(true);
  });

  it('never copies a key it does not know', () => {
    const body = `{"__proto__":{"text":"x"},"constructor":1,"extra":2,"type":"heartbeat","platformId":"p","userId":"u"}`;
    const read = parseInbound(bytes(body));
    expect(read).to.deep.equal({ ok: true, event: { type: 'heartbeat', platformId: 'p', userId: 'u' }, odd: [] });
  });
});

import { expect } from 'chai';
import { createLookout, eventually } from '@dragoman/core/testing';
import { describeWith } from '../programs.js';
import { theBroker } from './broker.js';
import { delegated, scene, type Scene } from './sermo-peers.js';

describeWith('rabbitmq', 'Sermo on a broker, a front end and a desk', function () {
  this.timeout(120_000);
  let stage: Scene;
  before(theBroker);
  afterEach(() => stage.stop());

  it('a customer and an agent talk, and each hears only the other', async () => {
    stage = await scene({}, delegated);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    await customer.say({ type: 'text', text: 'Jag vill ändra faktura 70557076' });
    const asked = await desk.hears('text');
    expect(asked.text).to.equal('Jag vill ändra faktura 70557076');
    const { userId } = asked;
    await desk.say({
      type: 'text',
      userId,
      text: 'Hej!',
      agent: { id: 'anan01', name: 'Anders Andersson', type: 'human' },
    });
    const answer = await customer.hears('text');
    expect(answer).to.deep.include({ text: 'Hej!', platformId: 'comviq-web', userId: 'u-1' });
    expect(answer['agent']).to.deep.include({ name: 'Anders Andersson', type: 'human' });
    expect(desk.heard.filter(({ type }) => type === 'text')).to.have.length(1);
    expect(await stage.parked()).to.deep.equal([]);
  });

  it('an observer sees each event once, on the queue it came from and the exchange it goes to', async () => {
    const { observe, of } = createLookout();
    stage = await scene({}, { ...delegated, observe });
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    await customer.say({ type: 'text', text: 'Hej' });
    await desk.hears('text');
    const texts = of('frame').flatMap(({ space, way, connectionId, data }) => {
      const { type } = JSON.parse(Buffer.from(data).toString());
      return type === 'text' ? [[space, way, connectionId]] : [];
    });
    expect(texts).to.deep.equal([
      ['sermo', 'in', stage.names.customerQueue],
      ['sermo', 'out', stage.names.inbound],
    ]);
  });

  it('words go on under the trace they came with, and others under none', async () => {
    stage = await scene({}, delegated);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await customer.say(
      { type: 'text', text: 'traced' },
      { messageId: 'm-1', headers: { traceparent, tracestate: 'congo=t61' } },
    );
    await desk.hears('text', { text: 'traced' });
    await customer.say({ type: 'text', text: 'alone' });
    await desk.hears('text', { text: 'alone' });
    const headersOf = (text: string): Readonly<Record<string, unknown>> =>
      desk.properties[desk.heard.findIndex((event) => event.text === text)]?.headers ?? {};
    expect(headersOf('traced')).to.include({ traceparent, tracestate: 'congo=t61' });
    expect(Object.keys(headersOf('alone'))).to.have.members(['x-gw-origin', 'x-gw-seq']);
  });

  it('what cannot be read is put aside with its reason, and the queue goes on', async () => {
    stage = await scene({}, delegated);
    const [customer, desk] = [await stage.customer('u-1'), await stage.desk()];
    // The broker would refuse this user, forget the copy and give it to somebody else, if we passed it on as it is.
    const odd = { expiration: '1000000', headers: { CC: ['elsewhere'], big: 'x'.repeat(100) } };
    await customer.raw(Buffer.from('no json'), odd);
    await customer.say({ type: 'dance' });
    await customer.say({ type: 'agent_done' });
    await customer.say({ type: 'text', text: 'x'.repeat(32_769) });
    await customer.say({ type: 'text', text: 'packed' }, { contentEncoding: 'gzip' });
    await customer.say({ type: 'text', text: 'after the noise' });
    await desk.hears('text', { text: 'after the noise' });
    await desk.say({ type: 'text', userId: 'nobody', text: 'hello?' });
    await desk.say({ type: 'text', userId: '00000000-0000-7000-8000-000000000000', text: 'hello?' });
    const reasons: unknown[] = [];
    const expected = ['not_json', 'unknown_type', 'wrong_direction', 'text_too_long', 'unsupported_encoding'];
    await eventually('seven are put aside', () => {
      void stage.parked().then((found) => reasons.push(...found.map(({ reason }) => reason)));
      return reasons.length >= 7;
    });
    expect(reasons).to.have.members([...expected, 'unknown_session', 'unknown_session']);
  });
});

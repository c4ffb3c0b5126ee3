import { expect } from 'chai';
import { bearer, say, stage, type Stage } from './stage.js';

describe('the metrics of a gateway', () => {
  let here: Stage;

  beforeEach(async () => (here = await stage()));
  afterEach(() => here.gateway.stop());

  it('count commands, refusals, deliveries and what the store did, by adapter', async () => {
    const { session, outcome } = await say(here.core, 'hello');
    expect(outcome.ok).to.equal(true);
    await here.core.dispatch(session, { type: 'CloseChat', to: { chatId: 'nowhere' }, reason: 'operator' });
    expect(await here.metric('dragoman_commands_total{adapter="web",command="PostMessage"}')).to.equal(1);
    expect(await here.metric('dragoman_rejections_total{adapter="web",code="UNKNOWN_CHAT"}')).to.equal(1);
    expect(await here.metric('dragoman_command_seconds_count{adapter="web"}')).to.equal(2);
    expect(await here.metric('dragoman_deliveries_total{adapter="web",event="MessagePosted"}')).to.equal(1);
    expect(await here.metric('dragoman_sessions{adapter="web",role="customer"}')).to.equal(1);
    expect(await here.metric('dragoman_queue_chats{workspace="default"}')).to.equal(1);
    expect(await here.metric('dragoman_store_commit_seconds_count')).to.be.greaterThan(0);
    expect(await here.metric('dragoman_store_events_total')).to.be.greaterThan(2);
    await session.end();
    expect(await here.metric('dragoman_sessions{adapter="web",role="customer"}')).to.equal(0);
    expect(await here.metric('dragoman_sessions_ended_total{adapter="web",reason="LEFT"}')).to.equal(1);
  });

  it('show each adapter as it says of itself, and how late the event loop is', async () => {
    expect(await here.metric('dragoman_adapter_up{adapter="happychat"}')).to.equal(1);
    expect(await here.metric('dragoman_event_loop_delay_seconds_count')).to.be.a('number');
    expect(await here.metric('dragoman_process_resident_bytes')).to.be.greaterThan(1_000_000);
  });

  it('tell so many kinds of client apart and no more, whatever clients say of themselves', async () => {
    for (let kind = 0; kind < 100; kind += 1) {
      const client = `client ${kind}`;
      here.see({ type: 'connection-opened', at: 1, space: 'web', connectionId: 'c', transport: 'websocket', client });
    }
    const text = await (await here.get('/metrics')).text();
    expect(text.match(/dragoman_connections_opened_total\{adapter="web"/g)).to.have.length(20);
    expect(text).to.contain('client="other"} 81');
    expect(await here.metric('dragoman_connections{adapter="web"}')).to.equal(100);
  });

  it('are for those with the key, where there is one, and for GET alone', async () => {
    expect((await here.get('/metrics', {})).status).to.equal(401);
    expect((await here.get('/metrics', { headers: { authorization: 'Bearer wrong' } })).status).to.equal(401);
    expect((await here.get('/metrics', { ...bearer, method: 'POST' })).status).to.equal(405);
    expect((await here.get('/metrics')).headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
  });
});

describe('a gateway whose config says nothing of operations', () => {
  it('serves health and nothing else of itself', async () => {
    const here = await stage({ operations: undefined } as never);
    expect((await here.get('/health/ready')).status).to.equal(200);
    expect((await here.get('/metrics')).status).to.equal(404);
    expect((await here.get('/operations/sightings')).status).to.equal(404);
    await here.gateway.stop();
  });

  it('serves metrics to everybody and no sightings when it has no key', async () => {
    const here = await stage({ operations: {} });
    expect((await here.get('/metrics', {})).status).to.equal(200);
    expect((await here.get('/operations/sightings', {})).status).to.equal(404);
    await here.gateway.stop();
  });
});

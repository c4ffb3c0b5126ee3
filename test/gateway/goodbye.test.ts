import { expect } from 'chai';
import { web } from './drain/clients.js';
import { stage } from './operations/stage.js';

describe('the end of a gateway', () => {
  it('makes it unready first, while those who are there go on talking', async () => {
    const here = await stage({ noticeMs: 700 });
    const [happychat] = web;
    const port = Number(new URL(here.url).port);
    const joe = (await happychat?.({ port, address: '127.0.0.1', id: 'joe' })) ?? expect.fail();
    expect((await here.get('/health/ready')).status).to.equal(200);
    const stopped = here.gateway.stop();
    expect((await here.get('/health/ready')).status).to.equal(503);
    expect((await here.get('/health/live')).status).to.equal(200);
    await joe.say('still here');
    await stopped;
    await joe.close();
  });
});

import { connect } from 'amqplib';
import { expect } from 'chai';
import { theBroker } from '../adapter-amqp/broker.js';
import { describeWith } from '../programs.js';
import { choose, openStage, overflow, picture, reads, say, side, sizes, type Stage } from './browser.js';

describeWith(['chromium', 'rabbitmq'], 'Sermo in the playground, on a real broker', function () {
  this.timeout(120_000);
  let stage: Stage;

  before(async () => (stage = await openStage({ brokerUrl: (await theBroker()).url })));
  after(() => stage?.close());

  it('lets its customer talk with an operator, also after he was away', async () => {
    const { page } = await stage.open();
    await choose(page, 'customer', 'sermo');
    await choose(page, 'desk', 'happychat');
    await say(page, 'customer', 'I want to change my invoice');
    await reads(page, 'desk', 'I want to change my invoice');
    const plug = side(page, 'customer').locator('.plug button');
    await plug.click();
    await say(page, 'desk', 'Which one?');
    await reads(page, 'desk', 'Which one?');
    await plug.click();
    await reads(page, 'customer', 'Which one?');
    await picture(page, 'playground-sermo-desktop');
    await page.setViewportSize(sizes.phone);
    await say(page, 'customer', 'The last one');
    await reads(page, 'desk', 'The last one');
    expect(await overflow(page)).to.equal(0);
    await picture(page, 'playground-sermo-phone');
  });

  it('tells a page what comes behind a message that nobody can read', async () => {
    const listening = new AbortController();
    const { body } = await fetch(new URL('sermo/eve', stage.url), { signal: listening.signal });
    const model = await connect((await theBroker()).url);
    const channel = await model.createConfirmChannel();
    for (const text of ['no JSON', '{"type":"text","text":"Hej"}']) {
      channel.publish('sermo.outbound', 'dev-web.eve', Buffer.from(text));
    }
    let told = '';
    for await (const part of body ?? []) {
      told += Buffer.from(part).toString();
      if (told.includes('Hej')) break;
    }
    expect(told).to.include('data: {"type":"text","text":"Hej"}');
    listening.abort();
    await model.close();
  });
});

import { expect } from 'chai';
import type { Config } from '@dragoman/gateway';
import type { Page } from 'playwright-core';
import { openReceiver, secret, textOf, type Receiver } from '../adapter-http/receiver.js';
import { barriers, openStage, overflow, picture, sizes, type Size, type Stage } from '../playground/browser.js';
import { nameless, unreachable } from '../playground/spoken.js';
import { describeWith } from '../programs.js';
import { openTalk, type Talk } from './talk.js';

const key = 'dev-administrator';

/** What the backend does not take at first. */
const refused = { desktop: 'Refuse <i>me</i>', phone: 'Refuse me & more' };

/** The development profile, with a backend that is told what is said. */
function withBackend(config: Config, url: string): Config {
  const webhook = {
    ...{ id: 'crm', url, secrets: [{ env: 'CRM_SECRET' }], allow: ['127.0.0.1/32'], attempts: 1 },
    types: ['MessagePosted' as const],
  };
  const adapters = config.adapters.map((adapter) =>
    adapter.dialect === 'http' ? { ...adapter, webhooks: [webhook] } : adapter,
  );
  return { ...config, adapters };
}

async function signIn(page: Page, typed = key): Promise<void> {
  await page.getByLabel('The key of').fill(typed);
  await page.getByRole('button', { name: 'Look inside' }).click();
}

const go = (page: Page, name: string): Promise<void> => page.getByRole('link', { name, exact: true }).click();

const cells = (page: Page, row: string): Promise<readonly string[]> =>
  page.getByRole('row').filter({ hasText: row }).first().locator('th, td').allTextContents();

describeWith('chromium', 'the inspector, in a real browser', function () {
  this.timeout(60_000);
  let stage: Stage;
  let receiver: Receiver;
  let talk: Talk;
  let page: Page;
  let troubles: readonly string[];

  before(async () => {
    receiver = await openReceiver();
    stage = await openStage({
      path: '/admin/',
      environment: { CRM_SECRET: secret },
      configured: (config) => withBackend(config, receiver.url),
    });
    talk = await openTalk(new URL(stage.url).origin);
    await talk.say('Where is <b>my</b> order?', 'order-1');
    await talk.answer('On its way.');
    await talk.wait('anna', 'Anybody?');
    ({ page, troubles } = await stage.open());
  });

  after(async () => {
    talk?.close();
    await stage?.close();
    await receiver?.close();
  });

  it('shows nothing without the key', async () => {
    await signIn(page, 'a wrong one');
    await page.getByText('This is not the key.').waitFor();
    const ask = (headers: Record<string, string>): Promise<Response> => fetch(`${stage.url}api/chats`, { headers });
    expect((await ask({})).status).to.equal(401);
    expect((await ask({ authorization: `Bearer ${key}x` })).status).to.equal(401);
    expect((await ask({ authorization: `Bearer ${key}` })).status).to.equal(200);
    await signIn(page);
    await page.getByText('2 chats').waitFor();
  });

  for (const size of ['desktop', 'phone'] as const) {
    it(`shows chats by status and name, and what happened in one, on a ${size}`, async () => {
      await page.setViewportSize(sizes[size]);
      await go(page, 'Chats');
      await page.getByLabel('Status').selectOption('any');
      await page.getByLabel('Name, subject or id').fill('');
      await page.getByText('2 chats').waitFor();
      await picture(page, `inspector-chats-${size}`);
      expect(await barriers(page)).to.deep.equal([]);
      await page.getByLabel('Name, subject or id').fill('jo');
      await page.getByText('One chat').waitFor();
      expect((await cells(page, 'Joe')).slice(1, 4)).to.deep.equal(['assigned', 'Olga', 'happychat']);
      await page.getByLabel('Status').selectOption('closed');
      await page.getByText('No chat is like this.').waitFor();
      await page.getByLabel('Status').selectOption('open');
      await go(page, 'Joe');
      await page.getByRole('paragraph').getByText('Where is <b>my</b> order?').waitFor();
      await page.getByText('chat assigned to Olga (queue)').waitFor();
      expect(await overflow(page)).to.equal(0);
      await picture(page, `inspector-chat-${size}`);
    });

    it(`tells where a message is by the id of its client, hop by hop, on a ${size}`, async () => {
      await page.setViewportSize(sizes[size]);
      await go(page, 'Where is it?');
      await page.getByLabel('The id of a message').fill('order-1');
      await page.getByRole('button', { name: 'Where is it?' }).click();
      await page.getByText('Where is <b>my</b> order?', { exact: true }).waitFor();
      const hops = await page.locator('tbody th > span').allTextContents();
      expect(hops.slice(0, 2)).to.deep.equal(['Joe (customer) says it on happychat', 'decided by the core']);
      const handed = 'handed to happychat for Olga (operator)';
      const framed = 'a frame of happychat goes out to Olga (operator)';
      expect(hops).to.include.members([handed, framed, 'happychat has written it for Olga (operator)']);
      expect(hops.indexOf(framed)).to.be.above(hops.indexOf(handed));
      const sent = page.getByRole('row').filter({ hasText: 'goes out to Olga' });
      await sent.getByText('the frame').click();
      expect(await sent.locator('pre').textContent()).to.include('Where is <b>my</b> order?');
      expect(await barriers(page)).to.deep.equal([]);
      expect(await overflow(page)).to.equal(0);
      expect((await cells(page, 'read by'))[2]).to.equal('not confirmed');
      await picture(page, `inspector-message-${size}`);
    });
  }

  it('shows the queue, and operators with their loads', async () => {
    await page.setViewportSize(sizes.desktop);
    await go(page, 'Queue');
    await page.getByRole('columnheader', { name: 'Place' }).waitFor();
    expect((await cells(page, 'Anna'))[0]).to.equal('1');
    await go(page, 'Operators');
    await page.getByRole('row', { name: 'Olga' }).waitFor();
    expect(await cells(page, 'Olga')).to.deep.equal(['Olga', 'available', 'happychat', '1 of 1 en-US']);
    expect(await barriers(page)).to.deep.equal([]);
    await picture(page, 'inspector-operators-desktop');
  });

  it('shows adapters, how they fare, and which clients they have seen', async () => {
    await go(page, 'Adapters');
    await page.getByRole('heading', { name: 'happychat well' }).waitFor();
    expect((await cells(page, 'Engine.IO 4')).slice(0, 4)).to.deep.equal(['Engine.IO 4', 'websocket', '3', '3']);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await barriers(page)).to.deep.equal([]);
    await picture(page, 'inspector-adapters-dark');
  });

  for (const [size, words] of Object.entries(refused) as readonly [Size, string][]) {
    it(`sends a dead letter again, which is gone when it is taken, on a ${size}`, async () => {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize(sizes[size]);
      receiver.answering = (taken) => (textOf(taken) === words ? 500 : 204);
      await talk.say(words);
      await go(page, 'Dead letters');
      await page.getByRole('row').filter({ hasText: 'crm' }).waitFor();
      expect((await cells(page, 'crm')).slice(0, 4)).to.deep.equal(['message posted', 'crm http', 'STATUS_500', '1']);
      expect(await barriers(page)).to.deep.equal([]);
      expect(await overflow(page)).to.equal(0);
      await picture(page, `inspector-dead-letter-${size}`);
      receiver.answering = () => 204;
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('Everything was taken.').waitFor();
      expect(receiver.texts()).to.include(words);
    });
  }

  it('shows a list that is long in parts', async () => {
    await page.setViewportSize(sizes.phone);
    const row = { groups: [], priority: 0, isMissed: false, queuedAt: Date.now() };
    await page.route('**/api/queue?*', async (route) => {
      const first = Number(new URL(route.request().url()).searchParams.get('first'));
      const queue = Array.from({ length: 100 }, (_, at) => ({
        ...row,
        chatId: `c${first + at}`,
        customer: `No. ${first + at}`,
      }));
      await route.fulfill({ json: { queue, total: 12_345 } });
    });
    await go(page, 'Queue');
    await page.getByText('1 to 100 of 12,345').waitFor();
    await page.getByRole('button', { name: 'After' }).click();
    await page.getByText('101 to 200 of 12,345').waitFor();
    expect((await cells(page, 'No. 100'))[0]).to.equal('101');
    expect(await barriers(page)).to.deep.equal([]);
    await picture(page, 'inspector-queue-long-phone');
    await page.getByRole('button', { name: 'Before' }).click();
    await page.getByText('No. 99', { exact: true }).waitFor();
    await page.unroute('**/api/queue?*');
  });

  for (const size of ['desktop', 'phone'] as const) {
    it(`keeps nobody out of any of its pages, on a ${size}`, async () => {
      await page.setViewportSize(sizes[size]);
      for (const name of ['Chats', 'Queue', 'Operators', 'Adapters', 'Dead letters', 'Where is it?']) {
        await go(page, name);
        await page.waitForLoadState('networkidle');
        expect(await overflow(page), name).to.equal(0);
        expect(await barriers(page), name).to.deep.equal([]);
        expect(await nameless(page), name).to.deep.equal([]);
        expect(await unreachable(page), name).to.deep.equal([]);
        await picture(page, `inspector-${name.toLowerCase().replaceAll(/\W+/g, '-')}-${size}`);
      }
    });
  }

  it('had no trouble with any of it', () => {
    expect(troubles.filter((trouble) => !trouble.includes('401'))).to.deep.equal([]);
  });
});

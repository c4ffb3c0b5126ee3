import { expect } from 'chai';
import { describeWith } from '../programs.js';
import {
  barriers,
  choose,
  openStage,
  overflow,
  picture,
  reads,
  say,
  side,
  sizes,
  type Opened,
  type Stage,
} from './browser.js';
import { nameless, spoken, unreachable } from './spoken.js';

/** Every customer with an operator of another protocol, every operator with a customer of another. */
const crossings = [
  ['convead', 'clustaar'],
  ['tickets', 'happychat'],
  ['clustaar', 'tickets'],
  ['happychat', 'convead'],
] as const;

/** Operators who choose among the chats that wait. */
const choosy = ['tickets'];

describeWith('chromium', 'the playground, in a real browser', function () {
  this.timeout(60_000);
  let stage: Stage;

  before(async () => (stage = await openStage()));
  after(() => stage?.close());

  describe('on one page', () => {
    let opened: Opened;

    before(async () => (opened = await stage.open()));

    for (const [customer, operator] of crossings) {
      it(`lets a customer on ${customer} talk with an operator on ${operator}, at a desk and on a phone`, async () => {
        const { page, troubles } = opened;
        for (const size of ['desktop', 'phone'] as const) {
          await page.setViewportSize(sizes[size]);
          await choose(page, 'customer', customer);
          await choose(page, 'desk', operator);
          const words = `Is <b>anybody</b> on ${operator}, for a ${size}? 🎁`;
          await say(page, 'customer', words);
          if (choosy.includes(operator) && size === 'desktop')
            await page.getByRole('button', { name: 'Take it' }).click();
          await reads(page, 'desk', words);
          await say(page, 'desk', `I & my <i>colleague</i> are for a ${size}.`);
          await reads(page, 'customer', `I & my <i>colleague</i> are for a ${size}.`);
          expect(await overflow(page)).to.equal(0);
          await picture(page, `playground-${customer}-${operator}-${size}`);
        }
        expect(troubles).to.deep.equal([]);
      });
    }

    it('keeps nobody out, whatever the width and the light', async () => {
      const { page } = opened;
      expect(await barriers(page)).to.deep.equal([]);
      await page.setViewportSize(sizes.desktop);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await barriers(page)).to.deep.equal([]);
      await picture(page, 'playground-dark');
    });

    it('tells a screen reader what everything is, and says unasked what is new', async () => {
      const { page } = opened;
      expect(await nameless(page)).to.deep.equal([]);
      const all = await spoken(page);
      const names = all.map(({ role, name }) => `${role} ${name}`);
      expect(names).to.include.members([
        ...['tablist Customer: protocol', 'tablist Operator: protocol', 'region What happens between them'],
        ...['textbox Write as the customer', 'textbox Write as the operator'],
      ]);
      const logs = all.filter(({ role }) => role === 'log');
      expect(logs.map(({ name, live }) => [name, live])).to.deep.equal([
        ['What you and the operator say', 'polite'],
        ['What you and the customer say', 'polite'],
      ]);
      expect(all.filter(({ role, live }) => role === 'status' && live === 'polite')).to.have.length.above(2);
      expect(await unreachable(page)).to.deep.equal([]);
    });

    it('is walked through by keyboard', async () => {
      const { page } = opened;
      await choose(page, 'customer', 'convead');
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('[aria-selected=true]').first().textContent()).to.equal('Happychat Socket.IO');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await side(page, 'customer').locator('[data-standing=unplugged]').waitFor();
    });

    it('says plainly what Sermo needs where no broker is named', async () => {
      const { page } = opened;
      await page.locator('#customer-tab-sermo').click();
      await side(page, 'customer').getByText('no broker is named').waitFor();
    });
  });

  it('draws a message on its ladder from the bytes of one side to the bytes of the other', async () => {
    const { page } = await stage.open();
    await choose(page, 'customer', 'tickets');
    await say(page, 'customer', 'Where is it?');
    await reads(page, 'desk', 'Where is it?');
    const rungs = page.locator('.rung');
    const labels = (): Promise<readonly string[]> => rungs.locator('.label').allTextContents();
    await rungs.filter({ hasText: 'chat.message' }).first().waitFor();
    const seen = await labels();
    const path = ['updateMessage', 'PostMessage', 'MessagePosted', 'chat.message'];
    const places = path.map((label) => seen.lastIndexOf(label));
    expect(places).to.not.include(-1);
    expect(places).to.deep.equal(places.toSorted((one, other) => one - other));
    await page.getByRole('button', { name: 'Hold still' }).click();
    await rungs.filter({ hasText: 'updateMessage' }).first().getByRole('button').click();
    expect(await page.locator('.rung pre').first().textContent()).to.include('Where is it?');
    expect(await page.locator('.rung pre').last().textContent()).to.match(/^0000 {2}34 32/);
    expect(await barriers(page)).to.deep.equal([]);
    await picture(page, 'playground-ladder-desktop');
    await page.setViewportSize(sizes.phone);
    await rungs.filter({ hasText: 'chat.message' }).last().getByRole('button').click();
    expect(await page.locator('.rung pre').first().textContent()).to.include('Where is it?');
    expect(await overflow(page)).to.equal(0);
    await picture(page, 'playground-ladder-phone');
  });

  it('loses nothing while the connection of either side is dropped, nor when the page is loaded again', async () => {
    const { page } = await stage.open();
    await choose(page, 'customer', 'convead');
    await say(page, 'customer', 'before');
    await reads(page, 'desk', 'before');
    for (const [dropped, other] of [
      ['desk', 'customer'],
      ['customer', 'desk'],
    ] as const) {
      const plug = side(page, dropped).locator('.plug button');
      await plug.click();
      await side(page, dropped).locator('[data-standing=unplugged]').waitFor();
      await say(page, other, `${other} speaks into the silence`);
      await reads(page, other, `${other} speaks into the silence`);
      await plug.click();
      await reads(page, dropped, `${other} speaks into the silence`);
    }
    expect(await side(page, 'desk').locator('.words', { hasText: 'silence' }).count()).to.equal(2);
    expect(await side(page, 'customer').locator('.words', { hasText: 'silence' }).count()).to.equal(2);
    await page.reload();
    await Promise.all([reads(page, 'customer', 'before'), reads(page, 'desk', 'before')]);
  });

  it('keeps the ladder of its own chat while somebody in another tab begins one', async () => {
    const { page } = await stage.open();
    await choose(page, 'customer', 'happychat');
    await say(page, 'customer', 'of this tab');
    await reads(page, 'desk', 'of this tab');
    const other = await page.context().newPage();
    await other.goto(stage.url);
    await choose(other, 'customer', 'happychat');
    await say(other, 'customer', 'of another tab');
    await page.bringToFront();
    await page.getByLabel('Which chat').waitFor();
    await page.getByRole('button', { name: 'Hold still' }).click();
    await page.locator('.rung').filter({ hasText: 'MessagePosted' }).last().getByRole('button').click();
    expect(await page.locator('.rung pre').textContent()).to.include('of this tab');
  });

  it('loses nothing while the adapters of both sides restart', async () => {
    const { page } = await stage.open();
    await choose(page, 'customer', 'clustaar');
    await choose(page, 'desk', 'happychat');
    await say(page, 'customer', 'before');
    await reads(page, 'desk', 'before');
    for (const adapter of ['clustaar', 'happychat']) {
      await page.getByRole('button', { name: `Restart ${adapter}` }).click();
      await page.getByText(`${adapter} was restarted`).waitFor({ state: 'attached' });
      await say(page, 'customer', `after ${adapter}`);
      await reads(page, 'desk', `after ${adapter}`);
    }
    const shown = await side(page, 'desk').locator('.customer .words').allTextContents();
    expect(shown).to.deep.equal(['before', 'after clustaar', 'after happychat']);
  });

  const ask = (path: string, how?: RequestInit): Promise<Response> => fetch(new URL(path, stage.url), how);

  it('serves its files under a strict policy, and nothing else', async () => {
    const answer = await ask('');
    expect(answer.headers.get('content-security-policy')).to.include("default-src 'none'; script-src 'self'");
    expect(await answer.text()).to.not.match(/<script>|style=|https?:/);
    const paths = ['..%2f..%2fpackage.json', 'absent.js', 'assets/', 'adapters/'];
    const statuses = await Promise.all(paths.map(async (path) => (await ask(path)).status));
    expect(statuses).to.deep.equal([404, 404, 404, 404]);
    expect((await ask('', { method: 'POST' })).status).to.equal(405);
    expect((await ask('../playground', { redirect: 'manual' })).headers.get('location')).to.equal('/playground/');
  });

  it('restarts no adapter for pages of other sites, and none that there is not', async () => {
    const elsewhere = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await ask('adapters/tickets/restart', elsewhere)).status).to.equal(403);
    expect((await ask('adapters/absent/restart', { method: 'POST' })).status).to.equal(404);
  });
});

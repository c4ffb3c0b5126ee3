import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openShop, type Shop } from '../../examples/convead-widget/shop.js';
import { describeWith } from '../programs.js';
import { openBrowser } from './chromium.js';
import { connectionTypes, settledOn } from './connection-types.js';

/** What goes wrong in a page, to be shown by a test that fails. */
function troubles(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', (error) => found.push(error.message));
  return found;
}

async function shows(page: Page, log: string, lines: readonly string[]): Promise<void> {
  const shown = page.locator(`${log} li`);
  await shown.nth(lines.length - 1).waitFor();
  expect(await shown.allTextContents()).to.deep.equal(lines);
}

/** Resolves when an element shows this. */
async function reads(page: Page, selector: string, text: string | RegExp): Promise<void> {
  await page.locator(selector, { hasText: text }).waitFor();
}

async function say(page: Page, form: string, text: string): Promise<void> {
  await page.fill(`${form} input`, text);
  await page.press(`${form} input`, 'Enter');
}

describeWith('chromium', 'a page with the Convead widget, in a real browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let shop: Shop;
  let context: BrowserContext;

  before(async () => {
    [browser, shop] = [await openBrowser(), await openShop(0)];
  });

  after(() => shop?.stop());

  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(15_000);
  });

  afterEach(() => context?.close());

  async function openDesk(): Promise<Page> {
    const desk = await context.newPage();
    await desk.goto(shop.deskUrl);
    await reads(desk, '#state', /^on duty$/);
    return desk;
  }

  /** The seven steps, a question and an answer, both read; the page is left open. */
  async function talk(url: string): Promise<{ readonly page: Page; readonly types: ReadonlySet<string> }> {
    const desk = await openDesk();
    const page = await context.newPage();
    const [types, wrong] = [connectionTypes(page), troubles(page)];
    await page.goto(url);
    await page.click('#chat-open');
    const box = desk.locator('.conversation').last();
    await box.waitFor();
    await say(page, '#chat-form', 'Is <b>this</b> 🎁 for me?');
    await shows(desk, '.conversation:last-child', ['Is <b>this</b> 🎁 for me?']);
    await say(desk, '.conversation:last-child form', 'It is.');
    await shows(page, '#chat-log', ['Is <b>this</b> 🎁 for me?', 'Ann: It is.']);
    await page.locator('#chat-log li.visitor[data-read=true]').waitFor();
    await desk.locator('.conversation li.manager[data-read=true]').waitFor();
    expect(wrong).to.deep.equal([]);
    await desk.close();
    return { page, types };
  }

  it('reads that nobody is there when no manager is on duty', async () => {
    const page = await context.newPage();
    await page.goto(`${shop.url}/pages/shop.html?visitor=alone`);
    await page.click('#chat-open');
    await reads(page, '#chat-remark', 'Nobody is here');
  });

  for (const name of ['websocket', 'eventsource', 'long-polling', 'callback-polling']) {
    it(`talks with the manager's page over ${name}`, async () => {
      const { types } = await talk(`${shop.url}/pages/shop.html?transport=${name}&visitor=by-${name}`);
      expect(settledOn(types)).to.deep.equal([name]);
    });
  }

  it('talks from a page of another site over cross-origin-long-polling', async () => {
    const elsewhere = shop.url.replace('127.0.0.1', 'localhost');
    const query = `?server=${shop.url}&transport=cross-origin-long-polling&visitor=from-elsewhere`;
    const { types } = await talk(`${elsewhere}/pages/shop.html${query}`);
    expect(settledOn(types)).to.deep.equal(['cross-origin-long-polling']);
  });

  it('finds its conversation again when it is loaded again', async () => {
    const { page } = await talk(`${shop.url}/pages/shop.html?visitor=loaded-again`);
    await page.reload();
    await page.click('#chat-open');
    await shows(page, '#chat-log', ['Is <b>this</b> 🎁 for me?', 'Ann: It is.']);
  });

  it('goes on after the network was away, and shows what was said meanwhile', async () => {
    const page = await context.newPage();
    const desk = await (await browser.newContext()).newPage();
    await desk.goto(shop.deskUrl);
    await reads(desk, '#state', /^on duty$/);
    await page.goto(`${shop.url}/pages/shop.html?transport=long-polling&visitor=offline`);
    await page.click('#chat-open');
    await desk.locator('.conversation').waitFor();
    await say(page, '#chat-form', 'Hello');
    await shows(desk, '.conversation', ['Hello']);
    await context.setOffline(true);
    await say(desk, '.conversation form', 'Are you there?');
    await shows(desk, '.conversation', ['Hello', 'Are you there?']);
    await context.setOffline(false);
    await shows(page, '#chat-log', ['Hello', 'Ann: Are you there?']);
    await desk.context().close();
  });
});

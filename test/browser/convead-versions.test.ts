import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openHouse, token, type House } from '../adapter-faye/house.js';
import { describeWith } from '../programs.js';
import { openBrowser } from './chromium.js';
import { connectionTypes, settledOn } from './connection-types.js';

const { resolve } = createRequire(import.meta.url);
const packageOf = (name: string): string => dirname(resolve(`${name}/package.json`));
const procedure = fileURLToPath(new URL('../../../test/browser/procedure.js', import.meta.url));

/** Packages and npm aliases, and where the build for browsers lies in each. */
const fayes = new Map([
  ['faye-0.8', 'browser'],
  ['faye-1.0', 'browser'],
  ['faye-1.1', 'browser'],
  ['faye-1.2', 'client'],
  ['faye-1.3', 'client'],
  ['faye-1.4.1', 'client'],
  ['faye', 'client'],
]);
const cometds = ['cometd-3', 'cometd-4', 'cometd-7', 'cometd'];

/** Serves the clients' own files, and a page that holds nothing. */
function serveClients({ listener }: House): void {
  listener.claim(['/clients'], {
    request(request, response) {
      const [, , name = '', file = ''] = (request.url ?? '').split('/');
      if (file === '') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
      const path = name === 'own' ? procedure : join(packageOf(name), fayes.get(name) ?? '', file);
      void readFile(path).then(
        (content) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(content),
        () => response.writeHead(404).end(),
      );
    },
  });
}

const heard = {
  isSame: true,
  managerId: 7,
  visitorHeard: ['Hello', 'Hi'],
  managerHeard: ['Hello', 'Hi'],
  wildcard: 403,
  foreign: 403,
  publication: 403,
  doubled: [],
};

describeWith('chromium', 'the widget-and-manager procedure in a real browser', function () {
  this.timeout(60_000);
  let page: Page;
  let house: House;
  let visitors = 0;

  before(async () => {
    house = await openHouse({ limits: { handshakes: { perSecond: 1e3, burst: 1e3 } } });
    serveClients(house);
    page = await (await openBrowser()).newPage();
    page.setDefaultTimeout(15_000);
  });

  after(async () => {
    await page?.close();
    await house?.close();
  });

  /** Runs it in a page that is loaded anew, with nothing left of the one before; the script that is loaded may be a module. */
  async function run(client: 'faye' | 'cometd', name: string, transport: string) {
    page.removeAllListeners();
    const types = connectionTypes(page);
    const origin = transport === 'cross-origin-long-polling' ? house.url.replace('127.0.0.1', 'localhost') : house.url;
    await page.goto(`${origin}/clients/`);
    const isModule = name === 'cometd';
    if (client === 'faye') await page.addScriptTag({ url: `/clients/${name}/faye-browser-min.js` });
    else if (!isModule) await page.addScriptTag({ url: `/clients/${name}/cometd.js` });
    // Two CometDs in one page take each other's callbacks.
    const isCrowded = client === 'cometd' && transport === 'callback-polling';
    if (isCrowded) await page.addScriptTag({ url: '/clients/faye/faye-browser-min.js' });
    await page.addScriptTag({ url: '/clients/own/procedure.js' });
    const module = isModule ? `${origin}/clients/cometd/cometd.js` : undefined;
    const by = { widgetBy: isCrowded ? 'faye' : client, deskBy: client };
    const asked = { url: house.url, ...by, module, transport, token, visitorId: `v${(visitors += 1)}` };
    const told: unknown = await page.evaluate(`procedure(${JSON.stringify(asked)})`);
    return { told, transports: settledOn(types) };
  }

  for (const name of fayes.keys()) {
    for (const transport of [
      'websocket',
      'eventsource',
      'long-polling',
      'cross-origin-long-polling',
      'callback-polling',
    ]) {
      it(`runs with ${name} over ${transport}`, async () => {
        expect(await run('faye', name, transport)).to.deep.equal({ told: heard, transports: [transport] });
      });
    }
  }

  for (const name of cometds) {
    for (const transport of ['websocket', 'long-polling', 'callback-polling']) {
      it(`runs with ${name}, which is not Faye, over ${transport}`, async () => {
        expect(await run('cometd', name, transport)).to.deep.equal({ told: heard, transports: [transport] });
      });
    }
  }
});

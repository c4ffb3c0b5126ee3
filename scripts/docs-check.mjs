// npm run docs -- check: the built site in a real browser. Every page of the sidebar opens, asks nobody else for anything, has
// no error, keeps nobody out (axe-core) and fits a phone, in light and dark; search finds, drawings are drawn, and the
// animation stands still for those who want that. Pictures of every page are in build/screenshots/docs.
import { createServer } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { sidebar } from '../docs/.vitepress/sidebar.mjs';
import { root } from './root.mjs';

const site = join(root, 'build', 'site');
const pictures = join(root, 'build', 'screenshots', 'docs');
const pages = sidebar.flatMap(({ items }) => items);
const desktop = { viewport: { width: 1360, height: 860 } };
const phone = { viewport: { width: 390, height: 844 } };
// axe-core takes longest, and finds the same at the same width or in the same light: each of them once.
const looks = [
  { name: 'desktop-light', ...desktop, colorScheme: 'light', isAsked: true },
  { name: 'desktop-dark', ...desktop, colorScheme: 'dark', isAsked: false },
  { name: 'phone-light', ...phone, colorScheme: 'light', isAsked: false },
  { name: 'phone-dark', ...phone, colorScheme: 'dark', isAsked: true },
];
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};
const faults = {
  count: 0,
  push(fault) {
    this.count += 1;
    console.error(fault);
  },
};
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The files of the site, as any server of files would give them. */
async function serve() {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://site').pathname);
    const file = path.endsWith('/') ? `${path}index.html` : extname(path) === '' ? `${path}.html` : path;
    readFile(join(site, file)).then(
      (body) => response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

/** What goes wrong on a page while it is open, under the name of what is being looked at. */
function watch(page, url, about) {
  page.on('pageerror', ({ message }) => faults.push(`${about.now}: ${message}`));
  page.on('console', (line) => line.type() === 'error' && faults.push(`${about.now}: ${line.text()}`));
  page.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !/^(data|blob):/.test(asked)) faults.push(`${about.now}: asks for ${asked}`);
  });
  page.on('response', (response) => response.status() >= 400 && faults.push(`${about.now}: no ${response.url()}`));
}

/** Whether everything is drawn, fits, and can be used by everybody. */
async function look(page, name, isAsked) {
  const isDrawn = () =>
    [...document.querySelectorAll('[data-drawing]')].every((place) => place.querySelector('svg') !== null) &&
    [...document.querySelectorAll('.VPSwitchAppearance')].every(({ title }) => title !== '');
  await page.waitForFunction(isDrawn).catch(() => faults.push(`${name}: not everything is drawn`));
  if (await page.locator('svg[aria-roledescription=error]').count()) faults.push(`${name}: a drawing is wrong`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (overflow > 0) faults.push(`${name}: ${overflow} px wider than its window`);
  if (!isAsked) return;
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  for (const { id, impact, nodes } of violations) {
    if (impact !== 'serious' && impact !== 'critical') continue;
    faults.push(`${name}: ${id} ${nodes.length} times, as ${nodes[0].html.slice(0, 200)}`);
  }
}

async function everyPage(browser, url, { name, isAsked, ...options }) {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const about = { now: '' };
  watch(page, url, about);
  for (const { text, link } of pages) {
    about.now = `${text} (${name})`;
    await page.goto(`${url}${link}`);
    const heading = await page
      .locator('.vp-doc h1')
      .first()
      .textContent({ timeout: 5000 })
      .catch(() => null);
    if (heading === null) faults.push(`${about.now}: has no heading`);
    await look(page, about.now, isAsked);
    const file = `${link.replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '') || 'index'}-${name}.png`;
    await page.screenshot({ path: join(pictures, file) });
  }
  await context.close();
}

async function search(browser, url) {
  const page = await browser.newPage();
  watch(page, url, { now: 'search' });
  await page.goto(url);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.locator('#localsearch-input').fill('withHistory');
  const found = page.locator('#localsearch-list [role=option]').first();
  await found.waitFor({ timeout: 10_000 }).catch(() => faults.push('search: does not find withHistory'));
  await page.screenshot({ path: join(pictures, 'search.png') });
  await page.keyboard.press('Enter');
  await page.waitForURL(/adapter-guide/, { timeout: 5000 }).catch(() => faults.push(`search: leads to ${page.url()}`));
  await page.close();
}

/** Whether the drawing of a crossing word looks the same at every moment. */
async function standsStill(browser, url, reducedMotion) {
  const context = await browser.newContext({ reducedMotion });
  const page = await context.newPage();
  await page.goto(`${url}/docs/in-a-minute`, { waitUntil: 'networkidle' });
  const drawing = page.locator('img[src*=crossing]');
  await drawing.scrollIntoViewIfNeeded();
  const shots = [];
  for (let times = 0; times < 4; times += 1) {
    shots.push((await drawing.screenshot()).toString('base64'));
    await page.waitForTimeout(700);
  }
  await context.close();
  return new Set(shots).size === 1;
}

await mkdir(pictures, { recursive: true });
const { server, url } = await serve();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const one of looks) await everyPage(browser, url, one);
await search(browser, url);
if (!(await standsStill(browser, url, 'reduce'))) faults.push('In a minute: moves for those who want no motion');
if (await standsStill(browser, url, 'no-preference')) faults.push('In a minute: does not move');
await browser.close();
server.close();
server.closeAllConnections();
console.log(`${pages.length} pages in ${looks.length} looks, ${faults.count} faults; pictures in ${pictures}`);
process.exitCode = faults.count === 0 ? 0 : 1;

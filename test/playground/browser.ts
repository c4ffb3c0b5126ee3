import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGateway, devConfig, devEnvironment, verifyDev, type Config } from '@dragoman/gateway';
import { playground } from '@dragoman/playground';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { openBrowser } from '../browser/chromium.js';

/** The widths that are looked at. */
export const sizes = { desktop: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } } as const;
export type Size = keyof typeof sizes;

export type Side = 'customer' | 'desk';

/** Pictures of the pages, for people to look at. */
const pictures = fileURLToPath(new URL('../../screenshots/', import.meta.url));

/** A page that was opened, and what went wrong in it. */
export interface Opened {
  readonly page: Page;
  readonly troubles: readonly string[];
}

/** The development profile with its page, and a browser. */
export interface Stage {
  readonly url: string;
  /** A fresh visitor, alone: whoever was there before is gone. */
  open(size?: Size): Promise<Opened>;
  close(): Promise<void>;
}

function troublesOf(page: Page): readonly string[] {
  const found: string[] = [];
  page.on('pageerror', ({ message }) => found.push(message));
  page.on('console', (line) => line.type() === 'error' && found.push(line.text()));
  return found;
}

export interface StageOptions {
  readonly brokerUrl?: string;
  /** What the pages of the stage are below. Default `/playground/`. */
  readonly path?: string;
  /** Changes the config of the development profile. */
  readonly configured?: (config: Config) => Config;
  /** Secrets beside those of the profile. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { brokerUrl, path = '/playground/', configured = (config) => config } = options;
  const folder = await mkdtemp(join(tmpdir(), 'dragoman-playground-'));
  await mkdir(pictures, { recursive: true });
  const environment = {
    ...devEnvironment,
    ...options.environment,
    ...(brokerUrl !== undefined && { AMQP_URL: brokerUrl }),
  };
  const gateway = createGateway(
    configured({ ...devConfig(0, folder, environment), log: { level: 'silent' }, drainMs: 0 }),
    { environment, verify: verifyDev, sites: [playground({ brokerUrl })] },
  );
  const [browser]: [Browser, void] = await Promise.all([openBrowser(), gateway.start()]);
  let context: BrowserContext | undefined;
  const url = `${gateway.url()}${path}`;
  return {
    url,
    async open(size = 'desktop') {
      await context?.close();
      context = await browser.newContext({ viewport: sizes[size] });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      const troubles = troublesOf(page);
      await page.goto(url);
      return { page, troubles };
    },
    async close() {
      await context?.close();
      await gateway.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function picture(page: Page, name: string): Promise<unknown> {
  return page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core finds that keeps people out. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(await axe);
  const { violations } = await page.evaluate<{ readonly violations: readonly Violation[] }>(
    "axe.run({ resultTypes: ['violations'] })",
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** How far the page reaches beyond its window, in pixels. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}

export const side = (page: Page, which: Side): Locator => page.locator(`.side.${which}`);

/** Chooses a protocol on one side; resolves when its client is let in. */
export async function choose(page: Page, which: Side, protocol: string): Promise<void> {
  await page.locator(`#${which}-tab-${protocol}`).click();
  await side(page, which).locator('[data-standing=here]').waitFor();
}

export async function say(page: Page, which: Side, text: string): Promise<void> {
  const field = side(page, which).locator('.composer input');
  await field.fill(text);
  await field.press('Enter');
}

/** Resolves when that side shows these words. */
export function reads(page: Page, which: Side, text: string): Promise<void> {
  return side(page, which).locator('.words', { hasText: text }).waitFor();
}

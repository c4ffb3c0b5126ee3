import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGateway, devConfig, devEnvironment, verifyDev } from '@dragoman/gateway';
import { createPlayground } from '@dragoman/playground';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser } from '../browser/chromium.js';

/** The widths that are looked at. */
export const sizes = { desktop: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } } as const;

/** Pictures of the pages, for people to look at; outside what is kept. */
const pictures = fileURLToPath(new URL('../../screenshots/', import.meta.url));

/** The development profile with its page, and a browser. */
export interface Stage {
  readonly url: string;
  /** A fresh visitor. What goes wrong in the page is in `troubles`. */
  open(size: keyof typeof sizes): Promise<{ readonly page: Page; readonly troubles: readonly string[] }>;
  close(): Promise<void>;
}

function troublesOf(page: Page): readonly string[] {
  const found: string[] = [];
  page.on('pageerror', ({ message }) => found.push(message));
  page.on('console', (line) => line.type() === 'error' && found.push(line.text()));
  return found;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'dragoman-playground-'));
  await mkdir(pictures, { recursive: true });
  const gateway = createGateway(
    { ...devConfig(0, folder), log: { level: 'silent' } },
    { environment: devEnvironment, verify: verifyDev, sites: [createPlayground()] },
  );
  const [browser]: [Browser, void] = await Promise.all([openBrowser(), gateway.start()]);
  const url = `${gateway.url()}/playground/`;
  return {
    url,
    async open(size) {
      const context = await browser.newContext({ viewport: sizes[size] });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      const troubles = troublesOf(page);
      await page.goto(url);
      return { page, troubles };
    },
    async close() {
      await browser.close();
      await gateway.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function picture(page: Page, name: string): Promise<unknown> {
  return page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

export const side = (page: Page, which: 'customer' | 'desk'): Locator => page.locator(`.side.${which}`);

/** Resolves when the client of that side is let in. */
export function isHere(page: Page, which: 'customer' | 'desk'): Promise<void> {
  return side(page, which).locator('[data-standing=here]').waitFor();
}

export async function say(page: Page, which: 'customer' | 'desk', text: string): Promise<void> {
  const field = side(page, which).locator('.composer input');
  await field.fill(text);
  await field.press('Enter');
}

/** Resolves when that side shows these words. */
export function reads(page: Page, which: 'customer' | 'desk', text: string): Promise<void> {
  return side(page, which).locator('.words', { hasText: text }).waitFor();
}

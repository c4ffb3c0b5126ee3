import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why tests in a browser are not run here; undefined: they are. */
export const noBrowser = existsSync(executablePath) ? undefined : `not run: there is no Chromium at ${executablePath}`;

/** A real browser, of the machine; its path is in the environment variable CHROMIUM where it is another. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu'] });
}

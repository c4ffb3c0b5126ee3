import { chromium, type Browser } from 'playwright-core';

let opened: Promise<Browser> | undefined;

/** The browser of the machine: one for all tests of a run, which close what they open in it. */
export function openBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu'];
  return (opened ??= chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args }));
}

after(async () => (await opened)?.close());

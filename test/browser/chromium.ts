import { chromium, type Browser } from 'playwright-core';

/** The browser of the machine. */
export function openBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu'];
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args });
}

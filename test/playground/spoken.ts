import type { Page } from 'playwright-core';

/** A thing of a page as a screen reader gets it. */
interface Spoken {
  readonly role: string;
  readonly name: string;
  /** `polite` or `assertive`: what changes in it is said unasked. */
  readonly live: string | undefined;
}

/** Everything that Chromium's own tree for screen readers holds, in the order of the page. */
export async function spoken(page: Page): Promise<readonly Spoken[]> {
  const chromium = await page.context().newCDPSession(page);
  const { nodes } = await chromium.send('Accessibility.getFullAXTree');
  await chromium.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name, properties }) => ({
      role: String(role?.value ?? ''),
      name: String(name?.value ?? ''),
      live: String(properties?.find((one) => one.name === 'live')?.value.value ?? '') || undefined,
    }));
}

const controls = new Set(['button', 'link', 'textbox', 'searchbox', 'combobox', 'tab', 'checkbox', 'log', 'region']);

/** What can be used, or walked to, and says nothing of what it is. */
export async function nameless(page: Page): Promise<readonly string[]> {
  return (await spoken(page))
    .filter(({ role, name }) => controls.has(role) && name.trim() === '')
    .map(({ role }) => role);
}

/** What the Tab key comes to, one after the other, until it comes round, by way of the browser's own controls. */
export async function tabbed(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (let times = 0; times < 200; times += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate<string>(`(() => {
      const all = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')];
      const at = all.indexOf(document.activeElement);
      return at < 0 ? '' : at + ' ' + document.activeElement.tagName.toLowerCase();
    })()`);
    if (found.includes(at)) break;
    found.push(at);
  }
  return found.filter((at) => at !== '');
}

/** What is in sight, can be used, and is not reached by the Tab key; of a group of tabs one is enough. */
export async function unreachable(page: Page): Promise<readonly string[]> {
  const reached = new Set((await tabbed(page)).map((one) => Number.parseInt(one, 10)));
  const all = await page.evaluate<readonly (readonly [number, string])[]>(`
    [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')].flatMap((one, at) =>
      one.checkVisibility() && !one.disabled && one.getAttribute('role') !== 'tab' ? [[at, one.outerHTML.slice(0, 120)]] : [])`);
  return all.filter(([at]) => !reached.has(at)).map(([, html]) => html);
}

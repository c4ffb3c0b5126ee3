import { expect } from 'chai';
import { describeWith } from '../programs.js';
import { isHere, openStage, picture, reads, say, side, sizes, type Stage } from './browser.js';

describeWith('chromium', 'the playground, in a real browser', function () {
  this.timeout(60_000);
  let stage: Stage;

  before(async () => (stage = await openStage()));
  after(() => stage?.close());

  for (const size of ['desktop', 'phone'] as const) {
    it(`lets a Convead visitor and a Happychat operator talk, on a ${size}`, async () => {
      const { page, troubles } = await stage.open(size);
      await Promise.all([isHere(page, 'customer'), isHere(page, 'desk')]);
      await say(page, 'customer', 'Is <b>anybody</b> there? 🎁');
      await reads(page, 'desk', 'Is <b>anybody</b> there? 🎁');
      await say(page, 'desk', 'I am.');
      await reads(page, 'customer', 'I am.');
      expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(sizes[size].width);
      expect(troubles).to.deep.equal([]);
      await picture(page, `talk-${size}`);
      await page.context().close();
    });
  }

  it('hands over what was said while the connection of either side was dropped', async () => {
    const { page } = await stage.open('desktop');
    await Promise.all([isHere(page, 'customer'), isHere(page, 'desk')]);
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
    await page.context().close();
  });

  it('is served with a strict policy, and nothing but its files', async () => {
    const answer = await fetch(stage.url);
    expect(answer.headers.get('content-security-policy')).to.include("default-src 'none'; script-src 'self'");
    const statuses = await Promise.all(
      ['..%2f..%2fpackage.json', 'absent.js', 'assets/'].map(async (path) => (await fetch(stage.url + path)).status),
    );
    expect(statuses).to.deep.equal([404, 404, 404]);
    expect((await fetch(stage.url, { method: 'POST' })).status).to.equal(405);
    expect((await fetch(stage.url.slice(0, -1), { redirect: 'manual' })).headers.get('location')).to.equal(
      '/playground/',
    );
  });
});

import { expect } from 'chai';
import { filesBelow, read, sources } from './repository.js';
import { commentsOf } from './source-text.js';

/** The tags of all citations in a text: `HC` of `[HC operator/message]`. */
function citedIn(text: string): readonly string[] {
  return [...text.matchAll(/\[([A-Z][A-Z0-9]+)(?: [^\]]+)?\](?!\()/g)].map(([, tag = '']) => tag);
}

/** The tags that the page of sources lists. */
function listedIn(page: string): readonly string[] {
  return [...page.matchAll(/^\| ([A-Z][A-Z0-9]+) +\|/gm)].map(([, tag = '']) => tag);
}

/** Tags that are cited and not listed, and the other way round. */
function differences(cited: readonly string[], listed: readonly string[]): readonly string[] {
  return [
    ...new Set(cited.filter((tag) => !listed.includes(tag)).map((tag) => `${tag} is not listed`)),
    ...listed.filter((tag) => !cited.includes(tag)).map((tag) => `${tag} is cited nowhere`),
  ];
}

describe('the page of sources', () => {
  const listed = listedIn(read('docs/sources.md').text);

  it('lists what the comments cite, and nothing else', () => {
    const cited = sources.flatMap(({ text }) => citedIn(commentsOf(text)));
    expect(cited).to.have.length.above(100);
    expect(differences(cited, listed)).to.deep.equal([]);
  });

  it('is named by every fixture, in its key "source"', () => {
    const fixtures = filesBelow('test/fixtures', '.json');
    expect(fixtures).to.have.length.above(20);
    const nameless = fixtures.filter(({ text }) => {
      const { source = '' }: { readonly source?: string } = JSON.parse(text);
      const [tag = ''] = citedIn(source);
      return !listed.includes(tag);
    });
    expect(nameless.map(({ path }) => path)).to.deep.equal([]);
  });

  it('has every decision of ours that the code cites by number', () => {
    const decisions = read('docs/dialects/happychat.md').text;
    const cited = sources.flatMap(({ text }) => [...commentsOf(text).matchAll(/\[HCD (\d+)\]/g)]);
    expect(cited).to.have.length.above(10);
    const missing = cited
      .map(([, number = '']) => number)
      .filter((it) => !new RegExp(`^\\| ${it} +\\|`, 'm').test(decisions));
    expect([...new Set(missing)]).to.deep.equal([]);
  });
});

describe('the page of the ticket protocol', () => {
  it('has every heading that the code cites as a decision', () => {
    const headings = [...read('docs/dialects/tickets.md').text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
    const cited = sources.flatMap(({ text }) => [...commentsOf(text).matchAll(/\[TKD ([^\]]+)\]/g)]);
    expect(cited).to.have.length.above(10);
    const missing = cited
      .map(([, place = '']) => place)
      .filter((place) => !headings.some((title) => title.toLowerCase() === place));
    expect([...new Set(missing)]).to.deep.equal([]);
  });
});

describe('the rule of cited sources', () => {
  it('sees citations in comments, with a place or without', () => {
    const text = `/** Sent once. [HC operator/chat.open] */\nconst keys = ['[NO a]']; // as [SIO5] says\ntype A = B[C] | D[NOT];`;
    expect(citedIn(commentsOf(text))).to.deep.equal(['HC', 'SIO5']);
  });

  it('names tags that are not listed, and those cited nowhere', () => {
    const listed = listedIn('| Tag | Document |\n| --- | --- |\n| HC | a |\n| OLD  | b |\n');
    expect(differences(['HC', 'NEW', 'NEW'], listed)).to.deep.equal(['NEW is not listed', 'OLD is cited nowhere']);
  });
});

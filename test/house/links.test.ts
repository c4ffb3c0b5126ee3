import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { filesBelow, root, type SourceFile } from './repository.js';

/** The names of a page's headings, as links spell them. */
function anchorsOf(text: string): readonly string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

/** The links of a page that lead to no file, folder or heading of the repository; addresses elsewhere are not asked. */
function deadLinks(
  page: SourceFile,
  pages: readonly SourceFile[],
  exists: (path: string) => boolean,
): readonly string[] {
  const links = [...page.text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const inside = links.filter((link) => !/^[a-z]+:/.test(link));
  const dead = inside.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const path = file === '' ? page.path : join(dirname(page.path), file);
    if (!exists(path) || isMute(path)) return true;
    const target = pages.find((other) => other.path === path);
    return anchor !== undefined && !(target !== undefined && anchorsOf(target.text).includes(anchor));
  });
  return dead.map((link) => `${page.path}: ${link}`);
}

/** A folder that the site has nothing to show for: no page and no source right in it. */
function isMute(path: string): boolean {
  const place = join(root, path);
  if (!existsSync(place) || !statSync(place).isDirectory()) return false;
  return !readdirSync(place).some((name) => /\.(md|ts|mjs|js|py)$/.test(name));
}

describe('links', () => {
  it('of every page lead somewhere', () => {
    const pages = filesBelow('.', '.md');
    expect(pages).to.have.length.above(15);
    const dead = pages.flatMap((page) => deadLinks(page, pages, (path) => existsSync(join(root, path))));
    expect(dead).to.deep.equal([]);
  });
});

describe('the rule of links', () => {
  it('finds files and headings that are not there', () => {
    const page = {
      path: 'docs/a.md',
      text: '# A b, c!\n\n[1](#a-b-c) [2](#d) [3](b.md) [4](../c.md) [5](https://x.example/none) [6](b.md#none)',
    };
    const other = { path: 'docs/b.md', text: '# B' };
    const dead = deadLinks(page, [page, other], (path) => ['docs/a.md', 'docs/b.md'].includes(path));
    expect(dead).to.deep.equal(['docs/a.md: #d', 'docs/a.md: ../c.md', 'docs/a.md: b.md#none']);
  });
});

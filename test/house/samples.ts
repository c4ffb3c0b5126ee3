import { filesBelow } from './repository.js';

/** A fenced block of a page. */
export interface Sample {
  readonly language: string;
  readonly text: string;
  /** Where its fence begins, such as `docs/backend.md:12`. */
  readonly place: string;
  /** What the reader brings, from the comment before it; undefined: nothing, it is a whole program. */
  readonly brings: string | undefined;
  /** Of which file it is a part, from the comment before it; that file is compiled where it lies. */
  readonly partOf: string | undefined;
}

const fence = /^( *)```(\w+)\n([\s\S]*?)^ *```$/gm;
const part = /<!-- part of (\S+) -->\s*$/;
const comment = /<!-- sample: ((?:(?!-->)[\s\S])*) -->\s*$/;

/** The fenced blocks of a page that name a language. */
export function samplesOf({ path, text }: { readonly path: string; readonly text: string }): readonly Sample[] {
  return [...text.matchAll(fence)].map(({ index, 1: indent = '', 2: language = '', 3: body = '' }) => {
    const before = text.slice(0, index);
    return {
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      place: `${path}:${before.split('\n').length}`,
      brings: comment.exec(before)?.[1],
      partOf: part.exec(before)?.[1],
    };
  });
}

/** Those of every page but of the lists of changes. */
export const allSamples: readonly Sample[] = filesBelow('.', '.md')
  .filter(({ path }) => !path.endsWith('CHANGELOG.md'))
  .flatMap(samplesOf);

/** A JSON sample as a value, without its comments and with the ellipsis of a hash filled in; throws for what is no JSON. */
export function jsonOf({ text }: Sample): unknown {
  const plain = text.replaceAll(/(?<=^|\s)\/\/.*$/gm, '').replaceAll(/,(?=\s*[}\]])/g, '');
  return JSON.parse(plain.replaceAll('sha256:…', `sha256:${'0'.repeat(64)}`));
}

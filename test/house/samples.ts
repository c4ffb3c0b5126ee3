import { filesBelow } from './repository.js';

/** A fenced block of a page. */
export interface Sample {
  readonly language: string;
  readonly text: string;
  /** Where its fence begins, such as `docs/backend.md:12`. */
  readonly place: string;
  /**
   * What the reader brings, from the comment before it: code that stands where the reader's own does, the sample itself where
   * it says `/* here *\/`, else at its end. Undefined: nothing, it is a whole program.
   */
  readonly brings: string | undefined;
  /** Whether it goes on from the sample before it on its page: put together they are a program. */
  readonly goesOn: boolean;
  /** Why it is compiled and not run, from the comment; undefined: it is run. */
  readonly notRun: string | undefined;
  /** Of which file it is a part, from the comment before it; that file is compiled where it lies. */
  readonly partOf: string | undefined;
}

const fence = /^( *)```(\w+)\n([\s\S]*?)^ *```$/gm;
const part = /<!-- part of (\S+) -->\s*$/;
const comment = /<!-- sample( that goes on)?(?:, not run, ([^:]*))?(?:: ((?:(?!-->)[\s\S])*))? -->\s*$/;

/** The fenced blocks of a page that name a language. */
export function samplesOf({ path, text }: { readonly path: string; readonly text: string }): readonly Sample[] {
  return [...text.matchAll(fence)].map(({ index, 1: indent = '', 2: language = '', 3: body = '' }) => {
    const before = text.slice(0, index);
    const said = comment.exec(before);
    return {
      language,
      text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      place: `${path}:${before.split('\n').length}`,
      goesOn: said?.[1] !== undefined,
      notRun: said?.[2],
      brings: said?.[3],
      partOf: part.exec(before)?.[1],
    };
  });
}

/** Those of every page but of the lists of changes. */
export const allSamples: readonly Sample[] = filesBelow('.', '.md')
  .filter(({ path }) => !path.endsWith('CHANGELOG.md'))
  .flatMap(samplesOf);

const here = '/* here */';

/** The whole text that a sample is run as, with what the reader brings and those that it goes on from. */
export function programOf(sample: Sample, all: readonly Sample[]): string {
  const before = sample.goesOn ? all[all.indexOf(sample) - 1] : undefined;
  const { brings = '', text } = sample;
  const own = brings.includes(here) ? brings.replace(here, () => `\n${text}`) : `${brings}\n${text}`;
  return before === undefined ? own : `${programOf(before, all)}\n${own}`;
}

/** A JSON sample as a value, without its comments and with the ellipsis of a hash filled in; throws for what is no JSON. */
export function jsonOf({ text }: Sample): unknown {
  const plain = text.replaceAll(/(?<=^|\s)\/\/.*$/gm, '').replaceAll(/,(?=\s*[}\]])/g, '');
  return JSON.parse(plain.replaceAll('sha256:…', `sha256:${'0'.repeat(64)}`));
}

import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../test/fixtures/happychat/', import.meta.url);

/** Literal frames of one event, with the place of the contract they are from. */
export interface Fixture {
  readonly file: string;
  readonly source: string;
  readonly namespace: string;
  readonly cases: readonly Readonly<Record<string, unknown>>[];
}

/** Every fixture of one direction, by file name. */
export function fixtures(direction: 'in' | 'out'): readonly Fixture[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(`.${direction}.json`))
    .map((file) => {
      const read: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
      if (!isFixture(read)) throw new Error(`${file} is no fixture`);
      return { ...read, file };
    });
}

function isFixture(value: unknown): value is Omit<Fixture, 'file'> {
  return typeof value === 'object' && value !== null && 'source' in value && 'namespace' in value && 'cases' in value;
}

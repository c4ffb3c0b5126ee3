import { readFile } from 'node:fs/promises';
import { Fault } from '@dragoman/core';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

/** The line and column of a place in a text, both from 1. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** What a file of JSON with comments says, whatever it is. Throws CONFIG_INVALID when it cannot be read. */
export async function readConfig(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Fault('CONFIG_INVALID', `${file} cannot be read (${error.code ?? error.message})`, { cause: error });
  });
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return value;
  const what = `${printParseErrorCode(first.error)} at ${placeOf(text, first.offset)}`;
  throw new Fault('CONFIG_INVALID', `${file} is not JSON: ${what}`);
}

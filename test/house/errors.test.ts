import { disconnectReasons, disconnects, faultCodes, reject, rejectionCodes, storeErrorCodes } from '@dragoman/core';
import { canRetry, problemCodes } from '@dragoman/adapter-http';
import { reasons } from '@dragoman/adapter-http/webhooks';
import { expect } from 'chai';
import { read } from './repository.js';

/** The first and the last cell of each row of the table under a heading, without backquotes. */
function table(page: string, heading: string): ReadonlyMap<string, string> {
  const [, after = ''] = page.split(`\n## ${heading}\n`);
  const [section = ''] = after.split('\n## ');
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  return new Map(cells.map((row) => [row[1]?.replaceAll('`', '') ?? '', row.at(-2) ?? '']));
}

/** The codes that only the source or only the page knows. */
function differences(codes: readonly string[], rows: ReadonlyMap<string, string>): readonly string[] {
  return [
    ...codes.filter((code) => !rows.has(code)).map((code) => `${code} is not documented`),
    ...[...rows.keys()].filter((code) => !codes.includes(code)).map((code) => `${code} does not exist`),
  ];
}

/** The codes of which the last cell says otherwise than the source. */
function lies<Code extends string>(
  codes: readonly Code[],
  isSo: (code: Code) => boolean,
  rows: ReadonlyMap<string, string>,
): readonly string[] {
  const wrong = codes.filter((code) => rows.get(code) !== (isSo(code) ? 'yes' : 'no'));
  return wrong.map((code) => `${code} is not ${rows.get(code)}`);
}

describe('the page of error codes', () => {
  const { text } = read('docs/errors.md');
  const lists = {
    Rejections: rejectionCodes,
    Problems: problemCodes,
    Deliveries: reasons,
    Disconnects: disconnectReasons,
    Faults: faultCodes,
    'Store errors': storeErrorCodes,
  };

  for (const [heading, codes] of Object.entries(lists)) {
    it(`has every code under ${heading}, and no other`, () => {
      expect(differences(codes, table(text, heading))).to.deep.equal([]);
    });
  }

  it('says truly which rejections are worth trying again', () => {
    const canRetry = (code: (typeof rejectionCodes)[number]): boolean => reject(code).canRetry;
    expect(lies(rejectionCodes, canRetry, table(text, 'Rejections'))).to.deep.equal([]);
  });

  it('says truly which problems are worth trying again', () => {
    expect(lies(problemCodes, canRetry, table(text, 'Problems'))).to.deep.equal([]);
  });

  it('says truly after which disconnects a client may come back', () => {
    const canReconnect = (code: (typeof disconnectReasons)[number]): boolean => disconnects[code].canReconnect;
    expect(lies(disconnectReasons, canReconnect, table(text, 'Disconnects'))).to.deep.equal([]);
  });
});

describe('the rule of documented codes', () => {
  const page =
    '# Codes\n\n## Some\n\n| Code | Why | Again |\n| --- | --- | --- |\n| `A` | a | no |\n| `OLD` | b | yes |\n\n## Others\n\n| `C` | c | no |\n';

  it('reads one table of the page', () => {
    expect([...table(page, 'Some')]).to.deep.equal([
      ['A', 'no'],
      ['OLD', 'yes'],
    ]);
    expect(table(page, 'None').size).to.equal(0);
  });

  it('names the codes that are not documented, and those that do not exist', () => {
    const found = differences(['A', 'NEW'], table(page, 'Some'));
    expect(found).to.deep.equal(['NEW is not documented', 'OLD does not exist']);
  });

  it('names the codes whose last cell is not true', () => {
    const isSo = (code: string): boolean => code === 'OLD';
    expect(lies(['A', 'OLD'], isSo, table(page, 'Some'))).to.deep.equal([]);
    expect(lies(['A', 'OLD'], () => true, table(page, 'Some'))).to.deep.equal(['A is not no']);
  });
});

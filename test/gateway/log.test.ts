import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog, type LogLevel } from '@dragoman/gateway';
import type { Log } from '@dragoman/core';
import { expect } from 'chai';

function written(level: LogLevel, use: (log: Log) => void): readonly Record<string, unknown>[] {
  const folder = mkdtempSync(join(tmpdir(), 'dragoman-log-'));
  try {
    const file = join(folder, 'log');
    use(createLog(level, openSync(file, 'w')));
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the log', () => {
  it('writes one JSON line for each line of log, from its level on', () => {
    const lines = written('warn', (log) => {
      log.info({}, 'not this');
      log.warn({ chatId: 'c1' }, 'this');
      log.error({ err: new TypeError('broken') }, 'and this');
    });
    expect(lines).to.have.lengthOf(2);
    expect(lines[0]).to.deep.include({ level: 'warn', chatId: 'c1', msg: 'this' });
    expect(lines[0]?.['time']).to.match(/^\d{4}-\d\d-\d\dT/);
    expect(lines[1]).to.have.nested.property('err.message', 'broken');
  });

  it('hides every name a credential goes by on any wire', () => {
    const names = ['accessToken', 'socketToken', 'serviceToken', 'access_token', 'client_secret', 'bearer', 'cookie'];
    const facts = Object.fromEntries(names.map((name) => [name, 'x']));
    const [line] = written('info', (log) => log.info({ ...facts, deep: { in: facts } }, 'in'));
    const shown = Object.fromEntries(names.map((name) => [name, '[hidden]']));
    expect(line).to.deep.include({ ...shown, deep: { in: shown } });
  });

  it('hides what proves who somebody is and what somebody wrote', () => {
    const [line] = written('info', (log) =>
      log.info(
        { jwt: 'x', frame: { token: 'x', deep: { text: 'x' } }, headers: { authorization: 'x' }, id: 'y' },
        'in',
      ),
    );
    expect(line).to.deep.include({
      jwt: '[hidden]',
      frame: { token: '[hidden]', deep: { text: '[hidden]' } },
      headers: { authorization: '[hidden]' },
      id: 'y',
    });
  });
});

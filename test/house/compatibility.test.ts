import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { capabilitiesByDialect, planJson, planText, type Compared } from '@dragoman/gateway';
import { expect } from 'chai';

function dialect(name: string): Compared {
  const found = capabilitiesByDialect.get(name);
  if (found === undefined) throw new Error(`no dialect ${name}`);
  return found;
}

describe('what crosses between the dialects', () => {
  it('is on the page for users as the adapters declare it', async function () {
    this.timeout(20_000);
    await promisify(execFile)(process.execPath, ['scripts/compatibility.mjs', '--check']);
  });

  it('is told of two of them in words, each thing with its fate', () => {
    const told = planText(dialect('happychat'), dialect('tickets'));
    expect(told).to.include('A Happychat customer and a Tickets operator');
    expect(told).to.match(/degrades +text: longer texts in parts, in order; up to 4000 UTF-16 units/);
    expect(told).to.match(/lost +custom messages/);
    expect(told).to.match(/crosses +opening it again/);
  });

  it('is told to programs with the passages of the plan', () => {
    const told = planJson(dialect('sermo'), dialect('sermo')) as { readonly passages: readonly object[] };
    expect(told.passages[0]).to.include({ name: 'text', to: 'operator', fate: 'crosses', as: null, what: 'text' });
  });

  it('says so where two cannot meet', () => {
    expect(planText({ title: 'A', capabilities: {} }, dialect('sermo'))).to.equal(
      'No customer of A can meet an operator of Sermo.\n',
    );
  });
});

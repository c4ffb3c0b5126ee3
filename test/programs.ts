/** Programs that some tests talk to and that are not part of every machine. */
export type Program = 'rabbitmq' | 'chromium';

const missing = new Set((process.env['DRAGOMAN_TESTS_WITHOUT'] ?? '').split(','));

/** A suite that talks to a program; where that is missing, one pending test that says so. */
export function describeWith(program: Program, title: string, body: (this: Mocha.Suite) => void): void {
  if (missing.has(program)) it(`${title}: not run, there is no ${program} here`);
  else describe(title, body);
}

/** Programs that some tests talk to and that are not part of every machine. */
export type Program = 'rabbitmq' | 'chromium';

const missing = new Set((process.env['DRAGOMAN_TESTS_WITHOUT'] ?? '').split(','));

/** A suite that talks to programs; where one is missing, one pending test that says so. */
export function describeWith(
  programs: Program | readonly Program[],
  title: string,
  body: (this: Mocha.Suite) => void,
): void {
  const absent = [programs].flat().find((program) => missing.has(program));
  if (absent !== undefined) it(`${title}: not run, there is no ${absent} here`);
  else describe(title, body);
}

import { multiselect, text } from '@clack/prompts';
import { dialectNames } from '../choices.js';
import { Ending } from '../ending.js';
import type { Beginning } from './files.js';
import { aloneNames, starterOf } from './starters.js';

const isSaid = <T>(said: T): said is Exclude<T, symbol> => typeof said !== 'symbol';

/** What was answered; throws when the person went away instead. */
async function answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
  const said = await question;
  if (isSaid(said)) return said;
  throw new Ending('usage', 'nothing was written');
}

/** Asks for what no flag has said. */
export async function ask(given: Beginning): Promise<Beginning> {
  const dialects = await answered(
    multiselect({
      message: 'Which protocols does the gateway speak?',
      options: dialectNames.map((value) => ({ value, label: starterOf(value, given).title })),
      initialValues: [...aloneNames],
      required: true,
    }),
  );
  const port = await answered(
    text({
      message: 'On which port?',
      initialValue: String(given.port),
      validate: (said = '') => (/^\d{1,5}$/.test(said) ? undefined : 'A port is a number.'),
    }),
  );
  const origins = await answered(
    text({
      message: 'From which web origins do pages connect? (with spaces between them; empty: as each protocol has it)',
      defaultValue: '',
      placeholder: 'https://shop.example',
    }),
  );
  const broker = dialects.includes('sermo')
    ? await answered(text({ message: 'Where is the broker of Sermo?', initialValue: given.broker }))
    : given.broker;
  return { ...given, dialects, port: Number(port), origins: origins.split(/\s+/).filter(Boolean), broker };
}

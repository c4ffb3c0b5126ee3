import { multiselect, text } from '@clack/prompts';
import { dialectNames } from '../choices.js';
import { Ending } from '../ending.js';
import { brokerProblem, originProblem, portProblem } from '../options.js';
import { aloneNames, type Beginning } from './beginning.js';
import { titles } from './titles.js';

const wordsIn = (said: string): readonly string[] => said.split(/\s+/).filter(Boolean);

const isSaid = <T>(said: T): said is Exclude<T, symbol> => typeof said !== 'symbol';

/** What was answered; throws when the person went away instead. */
async function answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
  const said = await question;
  if (isSaid(said)) return said;
  throw new Ending('interrupted', 'nothing was written');
}

/** Asks for what no flag has said. */
export async function ask(given: Beginning): Promise<Beginning> {
  const dialects = await answered(
    multiselect({
      message: 'Which protocols does the gateway speak?',
      options: dialectNames.map((value) => ({ value, label: titles[value] })),
      initialValues: [...aloneNames],
      required: true,
    }),
  );
  const port = await answered(
    text({ message: 'On which port?', initialValue: String(given.port), validate: portProblem }),
  );
  const origins = await answered(
    text({
      message: 'From which web origins do pages connect? (with spaces between them; empty: as each protocol has it)',
      initialValue: given.origins.join(' '),
      defaultValue: '',
      placeholder: 'https://shop.example',
      validate: (said = '') => wordsIn(said).map(originProblem).find(Boolean),
    }),
  );
  const broker = dialects.includes('sermo')
    ? await answered(
        text({ message: 'Where is the broker of Sermo?', initialValue: given.broker, validate: brokerProblem }),
      )
    : given.broker;
  return {
    ...given,
    dialects: dialectNames.filter((name) => dialects.includes(name)),
    port: Number(port),
    origins: wordsIn(origins),
    broker,
  };
}

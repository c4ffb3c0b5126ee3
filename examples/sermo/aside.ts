/**
 * What was put aside on a broker: shown, given again, or dropped. With a broker at hand:
 *
 *     AMQP_URL=amqp://… node build/examples/sermo/aside.js                       # shows all
 *     AMQP_URL=amqp://… node build/examples/sermo/aside.js again unknown_platform # gives those of one reason again
 *     AMQP_URL=amqp://… node build/examples/sermo/aside.js drop not_json gw.parked
 */
import { pathToFileURL } from 'node:url';
import { defaultNames, review, type AsideMessage, type AsideVerdict } from '@dragoman/adapter-amqp';

/** One line for a person; what the message says is not in it. */
function lineOf({ place, at, from, reason, detail, times, body }: AsideMessage): string {
  const again = times === 0 ? '' : `, given again ${times} times`;
  return `${place}. ${at} ${from}: ${reason} ${detail} (${body.length} bytes${again})`;
}

/** Does what the words of a command line ask; `tell` is given each line of the answer. */
export async function aside(url: string, words: readonly string[], tell: (line: string) => void): Promise<void> {
  const [wanted = 'keep', reason, queue = defaultNames.parked] = words;
  const verdicts: readonly AsideVerdict[] = ['keep', 'again', 'drop'];
  const verdict = verdicts.find((one) => one === wanted);
  if (verdict === undefined || (verdict !== 'keep' && reason === undefined)) {
    throw new Error('say nothing, or: again REASON [QUEUE], or: drop REASON [QUEUE]');
  }
  const counts = await review({ url, queue }, (message) => {
    const isMeant = reason === undefined || message.reason === reason;
    if (isMeant) tell(lineOf(message));
    return isMeant ? verdict : 'keep';
  });
  tell(`kept ${counts.keep}, given again ${counts.again}, dropped ${counts.drop}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const url = process.env['AMQP_URL'] ?? 'amqp://guest:guest@127.0.0.1';
  await aside(url, process.argv.slice(2), console.log).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}

import { run, type Terminal } from '@dragoman/gateway/cli';

/** What came of one line that was typed. */
export interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether somebody looks at what is said beside the answer. Default: nobody. */
  readonly isWatched?: boolean;
  /** When the command is told to end. Default: never. */
  readonly ended?: Promise<void>;
  /** Hears what is written while it is written. */
  readonly heard?: (text: string) => void;
}

/** Types a line at the command, in this process and with nobody to be asked. */
export async function typed(args: readonly string[], around: Around = {}): Promise<Typed> {
  const { env = {}, isWatched = false, ended = new Promise<void>(() => undefined), heard = () => undefined } = around;
  let [out, err] = ['', ''];
  const terminal: Terminal = {
    env,
    isInteractive: false,
    isWatched,
    out(text) {
      out += text;
      heard(text);
    },
    err: (text) => void (err += text),
    ended: () => ended,
  };
  const code = await run(args, terminal);
  return { code, out, err };
}

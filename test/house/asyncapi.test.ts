import { Parser } from '@asyncapi/parser';
import { expect } from 'chai';
import { asyncapiOf, dialects, schemaOf } from '../asyncapi/document.js';
import { misfit, type Literal } from '../asyncapi/fit.js';
import type { Described } from '../asyncapi/words.js';
import { filesBelow, read, type SourceFile } from './repository.js';

type Way = Literal['way'];

interface Case {
  readonly claim: string;
  readonly frame?: readonly unknown[];
  readonly frames?: readonly unknown[];
  readonly command?: unknown;
  readonly refusal?: unknown;
  readonly reply?: unknown;
  readonly params?: unknown;
  readonly parsed?: unknown;
  readonly says?: readonly { readonly frame?: readonly unknown[] }[];
  readonly responded?: readonly unknown[] | null;
}

interface Fixture {
  readonly namespace?: string;
  readonly cases?: readonly Case[];
  readonly channel?: string;
  readonly data?: { readonly entity: string };
  readonly direction?: 'inbound' | 'outbound';
  readonly body?: string;
}

/** Of frames that clients may send, those that are taken; what is refused may well be no frame. */
const isTaken = ({ command, refusal, reply, params, parsed }: Case): boolean =>
  refusal === undefined && ![command, params, parsed].includes(null) && typeof reply !== 'string';

/** An attempt to sign in that shows no token is answered as a refusal later on. */
const isTokenless = ({ parsed }: Case): boolean =>
  typeof parsed === 'object' && parsed !== null && 'token' in parsed && parsed.token === null;

const readings: Readonly<Record<string, (fixture: Fixture) => readonly Literal[]>> = {
  happychat: ({ namespace: channel = '', cases = [] }) =>
    cases.flatMap((one) => {
      const taken = one.frame === undefined || !isTaken(one) ? [] : [one.frame];
      const told = (one.frames ?? []).filter(Array.isArray);
      return [...literals(one, 'receives', channel, taken), ...literals(one, 'sends', channel, told)];
    }),
  tickets: ({ cases = [] }) =>
    cases.flatMap((one) => {
      const taken = one.frame === undefined || isTokenless(one) || !isTaken(one) ? [] : [one.frame];
      const told = [
        ...(one.says ?? []).flatMap(({ frame }) => (frame === undefined ? [] : [frame])),
        ...(one.responded ? [one.responded] : []),
      ];
      return [...literals(one, 'receives', '/', taken), ...literals(one, 'sends', '/', told)];
    }),
  convead: ({ channel = '', data }) => {
    const family = { service: 'service', conversations: 'conversation', notifications: 'notifications' };
    const key = Reflect.get(family, channel.split('/')[1] ?? '') as string;
    return [{ claim: channel, way: 'sends', channel: key, name: data?.entity ?? '', frame: data }];
  },
  sermo: ({ direction = 'inbound', body = '' }) => {
    const frame: { readonly type: string } = JSON.parse(body);
    const told = { claim: frame.type, channel: direction, name: frame.type, frame };
    return [{ ...told, way: 'receives' }];
  },
  clustaar: ({ cases = [] }) =>
    cases.flatMap((one) => {
      const taken = one.frame === undefined || !isTaken(one) ? [] : [one.frame];
      const told = ((one.frames ?? []) as readonly { event: string; payload: unknown }[]).map(({ event, payload }) => [
        ...[null, null, 'interlocutor:ada', event],
        payload,
      ]);
      return [
        ...taken.map((frame) => named(one, 'receives', 'interlocutor', frame, 3)),
        ...told.map((frame) => named(one, 'sends', 'interlocutor', frame, 3)),
      ];
    }),
};

function named({ claim }: Case, way: Way, channel: string, frame: readonly unknown[], at = 0): Literal {
  return { claim, way, channel, name: String(frame[at]), frame };
}

function literals(one: Case, way: Way, channel: string, frames: readonly (readonly unknown[])[]): readonly Literal[] {
  return frames.map((frame) => named(one, way, channel, frame));
}

function misfits(dialect: Described, { text }: SourceFile): readonly string[] {
  const found = readings[dialect.id]?.(JSON.parse(text) as Fixture) ?? [];
  return found.flatMap((literal) => misfit(schemaOf(dialect, literal.channel, literal.way, literal.name), literal));
}

/** The names that the tables of a page list for what goes over the wire. */
function namesIn(page: string): readonly string[] {
  const tables = page.split('\n\n').filter((part) => /^\| (?:In|Out|Event|Frame) +\|/.test(part));
  const cells = tables.flatMap((part) =>
    part
      .split('\n')
      .slice(2)
      .map((row) => row.split('|')[1] ?? ''),
  );
  const words = cells.flatMap((cell) => [...cell.matchAll(/`([a-z][\w.]*)`/gi)].map(([, word = '']) => word));
  return words.filter((word) => /^[a-z]/.test(word));
}

for (const dialect of dialects) {
  const told = dialect.channels.flatMap(({ receives, sends }) => [...receives, ...sends].map(({ name }) => name));

  describe(`the AsyncAPI document of ${dialect.title}`, () => {
    it('is what its description makes: node scripts/asyncapi.mjs writes it anew', () => {
      const written: unknown = JSON.parse(read(`docs/asyncapi/${dialect.id}.json`).text);
      expect(written).to.deep.equal(JSON.parse(JSON.stringify(asyncapiOf(dialect))));
    });

    it('is valid for the parser of AsyncAPI', async function () {
      this.timeout(60_000);
      const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncapiOf(dialect)));
      expect(diagnostics.filter(({ severity }) => severity === 0)).to.deep.equal([]);
      expect(document?.messages().all()).to.have.length.above(2);
    });

    it('fits every literal frame of the fixtures', () => {
      const fixtures = filesBelow(`test/fixtures/${dialect.id}`, '.json');
      expect(fixtures).to.have.length.above(2);
      expect(fixtures.flatMap((fixture) => misfits(dialect, fixture))).to.deep.equal([]);
    });

    it('names what the page of the dialect lists, and nothing that the page does not name', () => {
      const page = read(`docs/dialects/${dialect.id}.md`).text;
      expect(namesIn(page).filter((name) => !told.includes(name))).to.deep.equal([]);
      expect(told.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([]);
    });
  });
}

describe('a description of frames', () => {
  it('notices a frame that is not described, and one that is otherwise than described', () => {
    const [happychat] = dialects;
    const literal = {
      claim: 'a draft',
      way: 'sends',
      channel: '/customer',
      name: 'accept',
      frame: ['accept', 'yes'],
    } as const;
    const schema = happychat === undefined ? undefined : schemaOf(happychat, '/customer', 'sends', 'accept');
    expect(misfit(undefined, literal)).to.deep.equal(['accept (a draft) is not described']);
    expect(misfit(schema, literal)).to.deep.equal(['accept (a draft): /1 must be boolean']);
    expect(misfit(schema, { ...literal, frame: ['accept', true] })).to.deep.equal([]);
  });
});

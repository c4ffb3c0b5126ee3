import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Command } from '../../command.js';
import { capabilityNames, type Capabilities, type CapabilityName } from '../../capabilities.js';
import { type Core } from '../../ports.js';
import { pictureText, textsFor } from '../../stand-ins.js';
import { eventually } from '../eventually.js';
import { meet, type Counterpart, type Side } from './counterpart.js';
import { pair, shows, type Check } from './stage.js';

const posts =
  (kind: string) =>
  (command: Command): boolean =>
    command.type === 'PostMessage' && command.body.kind === kind;
const asks =
  (...types: readonly Command['type'][]) =>
  (command: Command): boolean =>
    types.includes(command.type);
const acknowledges =
  (state: 'delivered' | 'read') =>
  (command: Command): boolean =>
    command.type === 'Acknowledge' && command.state === state;

/** By which command the core learns that somebody used a capability; null: by a question for a transcript. */
const commandsOf: Readonly<Record<CapabilityName, ((command: Command) => boolean) | null>> = {
  text: posts('text'),
  image: posts('image'),
  typing: asks('SetTyping'),
  'typing-preview': (command) => command.type === 'SetTyping' && command.preview !== undefined,
  delivered: acknowledges('delivered'),
  read: acknowledges('read'),
  'queue-position': asks('ReportQueue'),
  notice: posts('notice'),
  lifecycle: asks('JoinChat', 'LeaveChat'),
  control: asks('HandOver'),
  presence: asks('SetAvailability'),
  custom: posts('custom'),
  transfer: asks('TransferChat'),
  'hand-over': asks('HandOver'),
  claim: (command) => command.type === 'AssignChat' || (command.type === 'PostMessage' && command.claim === true),
  close: asks('CloseChat'),
  reopen: asks('ReopenChat'),
  history: null,
  end: asks('CloseChat'),
};

const saysCheck = (side: Side, name: CapabilityName): Check => ({
  name: `what the ${side} side declares to say works: ${name}`,
  async run(stage) {
    const [customer, operator] = await pair(stage);
    const act = (side === 'customer' ? customer : operator).does?.[name];
    ok(act !== undefined, `the client of this test cannot show ${name}`);
    const [commands, transcripts] = [stage.core.commands.length, stage.core.transcripts];
    await act();
    const isIt = commandsOf[name];
    await eventually(`the core learns of ${name}`, () =>
      isIt === null ? stage.core.transcripts > transcripts : stage.core.commands.slice(commands).some(isIt),
    );
  },
});

/** Does what a client with this capability would be shown. */
async function provoke(core: Core, name: CapabilityName, { session, chatId }: Counterpart): Promise<void> {
  const to = { chatId };
  if (name === 'typing') await core.dispatch(session, { type: 'SetTyping', to, isOn: true, ttlMs: 5_000 });
  if (name === 'typing-preview') {
    await core.dispatch(session, { type: 'SetTyping', to, isOn: true, preview: 'draft', ttlMs: 5_000 });
  }
  if (name === 'delivered' || name === 'read') {
    await core.dispatch(session, { type: 'Acknowledge', to, state: name, what: { all: true } });
  }
}

const hearsCheck = (side: Side, name: CapabilityName): Check => ({
  name: `what the ${side} side declares to hear is shown: ${name}`,
  async run(stage) {
    const { client, other } = await meet(stage, side);
    const before = client.frames();
    await provoke(stage.core, name, other);
    await eventually(`a frame for ${name}`, () => client.frames() > before);
  },
});

const deafCheck = (side: Side, name: CapabilityName): Check => ({
  name: `what the ${side} side does not declare to hear makes no frame: ${name}`,
  async run(stage) {
    const { client, other } = await meet(stage, side);
    const framesUntil = async (text: string): Promise<number> => {
      const before = client.frames();
      await other.say(text);
      await shows(client, text);
      return client.frames() - before;
    };
    // What still comes of the meeting would be counted with the first texts: they cost the same once it is over.
    let forText = await framesUntil('text 0');
    for (let n = 1, last = -1; last !== forText; n++) {
      last = forText;
      forText = await framesUntil(`text ${n}`);
    }
    const before = client.frames();
    await provoke(stage.core, name, other);
    await framesUntil('the last text');
    strictEqual(client.frames() - before, forText);
  },
});

const pictureCheck = (side: Side): Check => ({
  name: `what the ${side} side cannot be shown arrives in words: image`,
  async run(stage) {
    const { client, other } = await meet(stage, side);
    const bytes = new Uint8Array(2_049);
    const attachmentId = await stage.core.attachments.put('default', bytes, 'image/png');
    const size = { bytes: bytes.length, width: 10, height: 10 };
    const body = { kind: 'image', attachmentId, mime: 'image/png', caption: '', ...size } as const;
    const to = { chatId: other.chatId };
    await stage.core.dispatch(other.session, { type: 'PostMessage', to, body, ifClosed: 'refuse' });
    const words = pictureText(body, stage.core.attachments.link('default', attachmentId));
    const shown = textsFor(words, stage.adapter.capabilities[side]?.hears.text);
    await eventually('the words for a picture', () => shown.every((text) => client.heard().includes(text)));
  },
});

/** A sign that one hearer lacks may reach him as its nearest kin. */
const kin: readonly (readonly CapabilityName[])[] = [
  ['typing', 'typing-preview'],
  ['delivered', 'read'],
];

function checksOf(side: Side, capabilities: Capabilities): readonly Check[] {
  const speech = capabilities[side];
  if (speech === undefined) return [];
  const said = capabilityNames.filter((name) => name !== 'text' && speech.says[name] !== undefined);
  const heard = kin.flatMap((names) => names.filter((name) => speech.hears[name] !== undefined));
  const unheard = kin.filter((names) => !names.some((name) => heard.includes(name))).flat();
  const isToldOfPictures = speech.hears.text !== undefined && speech.hears.image === undefined;
  return [
    ...(isToldOfPictures ? [pictureCheck(side)] : []),
    ...said.map((name) => saysCheck(side, name)),
    ...heard.map((name) => hearsCheck(side, name)),
    ...unheard.map((name) => deafCheck(side, name)),
  ];
}

/** Capabilities tell the truth. Heard ones are shown for typing and receipts; the others need a story of their own. */
export function capabilityChecks(capabilities: Capabilities): readonly Check[] {
  const declared: Check = {
    name: 'it declares the capabilities that are tested here',
    run: async ({ adapter }) => deepStrictEqual(adapter.capabilities, capabilities),
  };
  return [declared, ...checksOf('customer', capabilities), ...checksOf('operator', capabilities)];
}

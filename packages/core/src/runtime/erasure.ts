import type { PersonFact } from '../event.js';
import type { Outcome } from '../outcome.js';
import { reject } from '../outcome.js';
import type { ParticipantId } from '../participant.js';
import type { Erased, Erasure } from '../erasure.js';
import { redactedPersonFact } from '../redaction.js';
import { streams } from '../store.js';
import { eraseChat, replaced, type ChatErasing, type ErasedChat } from './chat-erasure.js';
import type { Work } from './task.js';
import { chatsWith } from './person-chats.js';
import { removeUnshown, unshown, type Unshown } from './unshown.js';
import type { Workspace } from './workspace.js';

/** What erasing needs of the core around it. */
export interface Erasing extends ChatErasing {
  /** Ends every session of a participant. */
  readonly endSessions: (id: ParticipantId) => void;
}

/**
 * Takes a person out of the store: first he becomes nobody, so that nothing new of him can come, then his chats close, then
 * everything that lies there is overwritten. Broken off in the middle, it goes on when it is asked for again.
 */
export async function erase(how: Erasing, id: ParticipantId): Promise<Erasure> {
  const { heads } = how.workspace;
  const person = await heads.loadPerson(id);
  if (person === null || person.version === 0) return { ok: false, rejection: reject('UNKNOWN_PARTICIPANT') };
  const { role } = person.participant;
  if (role === 'bot' || role === 'monitor') return { ok: false, rejection: reject('NOT_ALLOWED') };
  const departed = await depart(how, id);
  if (!departed.ok) return departed;

  const gone = new Tally();
  for (const chatId of await chatsWith(how.workspace, (await heads.loadPerson(id)) ?? person)) {
    const found = await eraseChat(how, chatId, id);
    if ('rejection' in found) return found;
    gone.add(found);
  }
  const pictures = await erasePictures(how.workspace, id);
  await eraseRecord(how.workspace, id);
  return { ok: true, erased: { participantId: id, ...gone.counts, ...pictures } };
}

type ErasedPictures = Pick<Erased, 'attachments' | 'sharedAttachments'>;

/** What was found and taken away, chat by chat. */
class Tally {
  readonly counts = { chats: 0, sharedChats: 0, messages: 0 };

  add({ isShared, messages }: ErasedChat): void {
    this.counts[isShared ? 'sharedChats' : 'chats'] += 1;
    this.counts.messages += messages;
  }
}

/** His pictures: those that his chats have shown, and those that he has never sent. */
async function erasePictures(workspace: Workspace, id: ParticipantId): Promise<ErasedPictures> {
  const isHis = ({ ownerId }: Unshown): boolean => ownerId === id;
  const all = (await unshown(workspace)).filter(isHis).length;
  const attachments = await removeUnshown(workspace, isHis);
  return { attachments, sharedAttachments: all - attachments };
}

/** The person does nothing more. */
async function depart(how: Erasing, id: ParticipantId): Promise<Outcome> {
  how.endSessions(id);
  const outcome = await how.settled(departure(how.workspace, id));
  how.endSessions(id);
  return outcome;
}

function departure({ heads }: Workspace, id: ParticipantId): Work {
  return {
    async prepare() {
      await heads.loadPerson(id);
    },
    decide() {
      const person = heads.person(id);
      if (person === undefined) return 'unprepared';
      if (person === null) return reject('UNKNOWN_PARTICIPANT');
      return person.isErased ? {} : { people: [{ id, facts: [{ type: 'ParticipantErased' }] }] };
    },
  };
}

async function eraseRecord(workspace: Workspace, id: ParticipantId): Promise<void> {
  const stream = streams.person(workspace.id, id);
  const facts = replaced(await workspace.heads.readAll(stream), (fact) => redactedPersonFact(fact as PersonFact));
  await workspace.ports.store.redact({ workspaceId: workspace.id, stream, facts });
  await workspace.heads.forget(new Set([stream]));
  const blank = await workspace.heads.loadPerson(id);
  if (blank !== null) workspace.heads.setPerson(blank);
}

import type { ParticipantId } from '../participant.js';
import type { PersonalData } from '../reading.js';
import { entriesOf, visibleIn } from '../transcript.js';
import { chatsWith } from './person-chats.js';
import { unshown } from './unshown.js';
import type { Workspace } from './workspace.js';

/** What is kept of a person: himself, then chat after chat, then pictures he never sent. */
export async function* personalDataOf(workspace: Workspace, id: ParticipantId): AsyncGenerator<PersonalData> {
  const person = await workspace.heads.loadPerson(id);
  if (person === null || person.version === 0 || person.isErased) return;
  const { participant } = person;
  yield { kind: 'person', participant };
  const isCustomer = participant.role === 'customer';
  const viewer = {
    id,
    view: isCustomer ? 'customer' : 'operator',
    around: { botId: workspace.policies.botId },
  } as const;
  for (const chatId of await chatsWith(workspace, person)) {
    const history = await workspace.histories.of(chatId).after(0);
    const chat = history.at(-1)?.chat;
    if (chat === undefined) continue;
    const seen = entriesOf(visibleIn(history, viewer, { include: 'everything' }), viewer.view, history);
    yield {
      kind: 'chat',
      chat,
      entries: isCustomer ? seen : seen.filter(({ event }) => event.by.participantId === id),
    };
  }
  const pictures = (await unshown(workspace)).filter(({ ownerId }) => ownerId === id);
  yield* pictures.map(({ attachmentId }) => ({ kind: 'picture', attachmentId }) as const);
}

import { useComputed, useSignal } from '@preact/signals';
import { useEnd } from '../end.js';
import { peopleOfTab } from '../places.js';
import { chatsIn, rungsOf, type LadderRung, type SeenChat } from './ladder.js';
import { RungItem } from './rung.js';
import { watchGateway } from './watch.js';

const watch = watchGateway();

/** So many steps are drawn, the newest, until more are asked for. */
const drawn = 150;

/** Of the chats, the latest of somebody of this tab: others may be talking in another. */
function nearest(chats: ReturnType<typeof chatsIn>): SeenChat | undefined {
  return chats.find(({ words }) => [...words].some((word) => peopleOfTab.has(word))) ?? chats[0];
}

/** One chat, live: the frames of both sides, and what the core makes of them. */
export function Ladder() {
  const chosen = useSignal('');
  const open = useSignal('');
  const held = useSignal<readonly LadderRung[] | undefined>(undefined);
  const chats = useComputed(() => chatsIn(watch.sightings.value));
  const shown = useComputed(() => chats.value.find(({ id }) => id === chosen.value) ?? nearest(chats.value));
  const chat = shown.value;
  const live = useComputed(() => (shown.value === undefined ? [] : rungsOf(watch.sightings.value, shown.value.id)));
  const rungs = held.value ?? live.value;
  const isHeld = held.value !== undefined;
  const count = useSignal(drawn);
  const end = useEnd(!isHeld && open.value === '', [rungs.at(-1)?.key]);

  function showEarlier(): void {
    held.value ??= live.value;
    count.value += drawn;
  }

  function holdOrGoOn(): void {
    held.value = isHeld ? undefined : live.value;
    count.value = drawn;
  }

  return (
    <section class="ladder" aria-label="What happens between them">
      <h2>
        Between them <small>each step opens to what is in it</small>
      </h2>
      <div class="ladder-bar">
        {chats.value.length > 1 && (
          <select
            aria-label="Which chat"
            value={chat?.id ?? ''}
            onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
          >
            {chats.value.map(({ id, name }) => (
              <option key={id} value={id}>
                {name || id}
              </option>
            ))}
          </select>
        )}
        <button type="button" onClick={holdOrGoOn}>
          {isHeld ? 'Go on' : 'Hold still'}
        </button>
        {chat && <Restarts chat={chat} />}
      </div>
      <div class="lanes" aria-hidden="true">
        <span>customer</span>
        <span>core</span>
        <span>operator</span>
      </div>
      <div class="rungs" ref={end} tabIndex={0} role="region" aria-label="Frames, commands and events">
        {rungs.length === 0 ? (
          <p class="empty">
            Write something as the customer: every frame of the chat is drawn here, with the commands and events that
            the core makes of them. Each opens to its bytes.
          </p>
        ) : (
          <>
            {rungs.length > count.value && (
              <button type="button" class="earlier" onClick={showEarlier}>
                What was earlier
              </button>
            )}
            <ol>
              {rungs.slice(-count.value).map((rung) => (
                <RungItem
                  key={rung.key}
                  rung={rung}
                  isOpen={open.value === rung.key}
                  toggle={() => (open.value = open.value === rung.key ? '' : rung.key)}
                />
              ))}
            </ol>
          </>
        )}
      </div>
    </section>
  );
}

/** Sends everybody of a protocol away for a moment. */
function Restarts({ chat }: { readonly chat: SeenChat }) {
  const told = useSignal('');

  async function restart(space: string): Promise<void> {
    told.value = `${space} restarts …`;
    const { ok } = await fetch(`./adapters/${space}/restart`, { method: 'POST' });
    told.value = ok ? `${space} was restarted` : `${space} cannot be restarted`;
  }

  return (
    <>
      <span class="restarts">
        Restart
        {chat.spaces.map((space) => (
          <button key={space} type="button" onClick={() => void restart(space)}>
            <span class="unseen">Restart </span>
            {space}
          </button>
        ))}
      </span>
      <span role="status" class="unseen">
        {told.value}
      </span>
    </>
  );
}

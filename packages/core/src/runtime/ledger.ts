import { systemActor } from '../command.js';
import type { ChatEvent, Happening } from '../event.js';
import type { Outcome, Rejection } from '../outcome.js';
import { reject } from '../outcome.js';
import type { Observe } from '../observe.js';
import type { CommandId } from '../participant.js';
import type { Cancel, Clock, Log } from '../ports.js';
import type { Policies } from '../policies.js';
import type { Scene } from '../chat/scene.js';
import type { Trigger } from '../routing/run.js';
import type { AppendRequest, AppendResult, Store, StoredEvent } from '../store.js';
import { StoreError, streams } from '../store.js';
import type { Applied, Change } from './change.js';
import { apply, requestOf } from './change.js';
import { grants, triggerOf } from './grants.js';
import type { Granted } from './grants.js';
import type { Heads } from './heads.js';
import type { Task } from './task.js';
import { clarified } from './unanswered.js';

/** A task that was decided, or a grant that the ledger makes by itself, and what came of it. */
interface Entry extends Partial<Pick<Granted, 'trigger'>> {
  /** Undefined for a grant. */
  readonly task: Task | undefined;
  readonly request: AppendRequest | undefined;
  readonly applied: Applied | undefined;
  readonly rejection: Rejection | undefined;
}

interface LedgerPorts {
  readonly store: Store;
  /** Where the lane ended when the workspace was opened. */
  readonly head: number;
  readonly heads: Heads;
  readonly policies: Policies;
  readonly log: Log;
  readonly limits: { readonly waitingCommands: number; readonly batch: number };
  readonly clock: Clock;
  readonly observe: Observe | undefined;
  /** What the system's own decisions may know of the people around. */
  readonly scene: (at: number) => Scene;
  /** Tells everybody what is durable, in commit order. */
  readonly tell: (happening: Happening) => void;
  /** Called once for each change that is durable, before it is told. */
  readonly committed: (applied: Applied) => void;
  /** Of a command that was accepted before, if these are its words; undefined for one that is not remembered. */
  readonly firstAnswer: (commandId: CommandId, digest: string) => Promise<Outcome | undefined>;
}

/** Events between two snapshots of a workspace. */
const snapshotEvery = 2_000;

/** How often a task that met a conflict is decided anew. */
const maxTries = 8;

/** When the queue is served again after a grant that the store did not take, ms. */
const serveAgainMs = 1_000;

/**
 * The one writer of a workspace: whatever waits is decided in one go, in order of arrival, appended as one batch, then
 * told and answered. While a batch is with the store the next one gathers, so that a slow disk makes larger batches.
 */
export class Ledger {
  readonly #ports: LedgerPorts;
  readonly #tries = new WeakMap<Task, number>();
  /** Streams whose heads may be wrong since an append failed. */
  readonly #stale = new Set<string>();
  #sinceSnapshot = 0;
  #position: number;
  #waiting: Task[] = [];
  #running: Promise<void> | undefined;
  #cancelServing: Cancel | undefined;
  #isStopped = false;

  constructor(ports: LedgerPorts) {
    this.#ports = ports;
    this.#position = ports.head;
  }

  /** Everything up to this place in the lane has been told; what lies behind it in the store will be. */
  get position(): number {
    return this.#position;
  }

  submit(task: Task): void {
    const isFull = this.#waiting.length >= this.#ports.limits.waitingCommands;
    const detail = this.#isStopped ? 'the core stops' : isFull ? 'too many commands wait for the store' : undefined;
    if (detail !== undefined) {
      void Promise.resolve().then(() => this.#busy(task, detail));
      return;
    }
    this.#waiting.push(task);
    this.#running ??= this.#run();
  }

  /** Gives out what waits for somebody who could have it: for when a grant may have been lost. */
  serve(trigger: Trigger): void {
    this.#cancelServing?.();
    this.submit({
      context: { workspaceId: this.#ports.heads.workspaceId, commandId: 'queue', by: systemActor },
      work: { prepare: async () => {}, decide: () => ({ serve: trigger }) },
      settle: (outcome) => {
        if (!outcome.ok) this.#serveLater(trigger);
      },
    });
  }

  /** Resolves when nothing waits any more; what comes afterwards is refused. */
  async stop(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#isStopped = true;
    this.#cancelServing?.();
  }

  #serveLater(trigger: Trigger): void {
    if (this.#isStopped) return;
    this.#cancelServing?.();
    this.#cancelServing = this.#ports.clock.after(serveAgainMs, () => this.serve(trigger));
  }

  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop belongs into the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const tasks = this.#waiting.splice(0, this.#ports.limits.batch);
      if (!(await this.#refresh())) for (const task of tasks) this.#busy(task, 'the store cannot be read');
      else {
        const unprepared: Task[] = [];
        const failed = await this.#commit(this.#decide(tasks, unprepared));
        await this.#again([...unprepared, ...failed]);
      }
    }
    this.#running = undefined;
  }

  /** Reads again what a failed append left wrong in memory; nothing is decided before that has worked. */
  async #refresh(): Promise<boolean> {
    if (this.#stale.size === 0) return true;
    try {
      await this.#ports.heads.forget(this.#stale);
      this.#stale.clear();
      return true;
    } catch (error) {
      this.#ports.log.error({ error }, 'the store cannot be read');
      return false;
    }
  }

  #busy(task: Task, detail: string): void {
    task.settle({ ok: false, rejection: reject('BUSY', { detail }) });
  }

  /** One after the other, each by what those before it have changed; what lacks something goes to the unprepared. */
  #decide(tasks: readonly Task[], unprepared: Task[]): readonly Entry[] {
    const entries: Entry[] = [];
    for (const task of tasks) {
      const decided = this.#decided(task);
      if (decided === 'unprepared') {
        unprepared.push(task);
        continue;
      }
      entries.push(decided);
      if (decided.serve !== undefined) entries.push(...this.#grants(decided.serve));
    }
    return entries;
  }

  #decided(task: Task): (Entry & { readonly serve: Trigger | undefined }) | 'unprepared' {
    const { clock, heads, policies } = this.#ports;
    const at = clock.now();
    const decision = this.#decisionOf(task, at);
    if (decision === 'unprepared') return decision;
    if ('code' in decision) {
      return { task, request: undefined, applied: undefined, rejection: decision, serve: undefined };
    }
    const { workspaceId, commandId, by } = task.context;
    const context = { workspaceId, commandId, by, at };
    const applied = apply(heads, decision, context, policies);
    const request = requestOf(applied, context, task.remember);
    const serve = decision.serve ?? triggerOf(applied, heads.shard.isAccepting);
    return { task, request, applied, rejection: undefined, serve };
  }

  #decisionOf(task: Task, at: number): Change | Rejection | 'unprepared' {
    try {
      const { participantId } = task.context.by;
      if (participantId !== null && this.#ports.heads.person(participantId)?.isErased === true)
        return reject('NOT_ALLOWED');
      return task.work.decide(at);
    } catch (error) {
      this.#ports.log.error({ error, commandId: task.context.commandId }, 'a decision failed');
      return reject('BUSY', { detail: 'a decision failed' });
    }
  }

  /** What routing gives out now that something moved; each grant is a change of its own. */
  #grants(trigger: Trigger): readonly Entry[] {
    return grants(this.#ports, trigger).map((grant) => ({ ...grant, task: undefined, rejection: undefined }));
  }

  /** Appends the batch; tells and answers what is durable; returns the tasks to be decided anew. */
  async #commit(entries: readonly Entry[]): Promise<Task[]> {
    const requests = entries.map((entry) => entry.request).filter((request) => request !== undefined);
    const results = (await this.#append(requests)).values();
    const again: Task[] = [];
    for (const entry of entries) {
      let result = entry.request && results.next().value;
      if (entry.request !== undefined && result !== undefined && isLost(result)) {
        result = await clarified(this.#ports, entry.request, result);
      }
      if (result?.ok === false) {
        for (const write of entry.request?.writes ?? []) this.#stale.add(write.stream);
        this.#failed(entry, result.error, again);
      } else if (result === undefined && this.#stale.size > 0 && entry.task !== undefined) again.push(entry.task);
      else this.#done(entry, result?.appended.events ?? []);
    }
    this.#snapshot(this.#position);
    return again;
  }

  /** Every so many events, what a later start need not read again; a hint, so nobody waits for it. */
  #snapshot(position: number): void {
    if (this.#stale.size > 0 || this.#sinceSnapshot < snapshotEvery) return;
    this.#sinceSnapshot = 0;
    const { store, heads, log } = this.#ports;
    const stream = streams.routing(heads.workspaceId);
    store
      .saveSnapshot({ stream, position, ...heads.pack() })
      .catch((error: unknown) => log.warn({ error }, 'no snapshot was kept'));
  }

  async #append(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> {
    if (requests.length === 0) return [];
    const { observe, clock } = this.#ports;
    if (observe === undefined) return this.#stored(requests);
    const from = clock.monotonic();
    const results = await this.#stored(requests);
    observe({
      type: 'commit',
      at: clock.now(),
      workspaceId: this.#ports.heads.workspaceId,
      requests: requests.length,
      failed: results.filter((result) => !result.ok).length,
      events: results.reduce((sum, result) => sum + (result.ok ? result.appended.events.length : 0), 0),
      tookMs: clock.monotonic() - from,
      waiting: this.#waiting.length,
    });
    return results;
  }

  async #stored(requests: readonly AppendRequest[]): Promise<readonly AppendResult[]> {
    try {
      return await this.#ports.store.appendMany(requests);
    } catch (error) {
      const failure =
        error instanceof StoreError ? error : new StoreError('Unavailable', 'the store failed', { cause: error });
      return requests.map(() => ({ ok: false, error: failure }));
    }
  }

  #done({ task, applied, rejection }: Entry, stored: readonly StoredEvent[]): void {
    this.#position = stored.at(-1)?.position ?? this.#position;
    this.#sinceSnapshot += stored.length;
    if (rejection !== undefined) task?.settle({ ok: false, rejection });
    if (applied === undefined) return;
    this.#ports.committed(applied);
    const [events, { chat }] = [this.#told(applied, stored), applied];
    task?.settle({ ok: true, events, isRepeat: false, ...(chat && { chat }) });
  }

  /** Tells everybody what is stored now; returns what of it happened in the chat. */
  #told({ parts }: Applied, stored: readonly StoredEvent[]): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    let told = 0;
    for (const part of parts) {
      for (const tell of part.tell) {
        const next = stored[told++];
        const happening = next && tell(next);
        if (happening === undefined) continue;
        if ('chatId' in happening && 'version' in happening) events.push(happening);
        this.#ports.tell(happening);
      }
    }
    return events;
  }

  #failed(entry: Entry, error: StoreError, again: Task[]): void {
    const { task, trigger } = entry;
    if (trigger !== undefined) this.#serveLater(trigger);
    if (task === undefined) return;
    const tries = (this.#tries.get(task) ?? 0) + 1;
    this.#tries.set(task, tries);
    if (error.code === 'VersionConflict' && tries < maxTries) again.push(task);
    else if (error.code === 'DuplicateCommand') this.#repeated(task);
    else {
      this.#ports.log.error({ code: error.code, commandId: task.context.commandId }, 'the store refused');
      task.settle({
        ok: false,
        rejection: reject(error.code === 'TooLarge' ? 'TOO_LARGE' : 'BUSY', { detail: error.code }),
      });
    }
  }

  /** The command was accepted before this start of the process: its first answer again. */
  #repeated(task: Task): void {
    const conflict: Outcome = { ok: false, rejection: reject('ID_CONFLICT') };
    void this.#ports.firstAnswer(task.context.commandId, task.remember?.digest ?? '').then(
      (outcome = conflict) => task.settle(outcome),
      () => this.#busy(task, 'the store cannot be read'),
    );
  }

  /** Puts tasks back in front, ready to be decided. */
  async #again(tasks: readonly Task[]): Promise<void> {
    if (tasks.length === 0) return;
    const prepared = await Promise.all(tasks.map((task) => this.#prepared(task)));
    this.#waiting.unshift(...prepared.flat());
  }

  async #prepared(task: Task): Promise<Task[]> {
    try {
      await task.work.prepare();
      return [task];
    } catch (error) {
      this.#ports.log.error({ error, commandId: task.context.commandId }, 'a command could not be prepared');
      task.settle({ ok: false, rejection: reject('BUSY', { detail: 'the store cannot be read' }) });
      return [];
    }
  }
}

/** Nobody knows whether it was written. */
function isLost(answer: AppendResult): boolean {
  return !answer.ok && answer.error.code === 'OutcomeUnknown';
}

import { Worker } from 'node:worker_threads';
import { Fault, StoreError } from '@dragoman/core';
import type { Answer, CallName, Calls, Greeting, WorkerStart } from './calls.js';

interface Asked {
  readonly name: CallName;
  readonly settle: (answer: unknown) => void;
  readonly fail: (error: StoreError) => void;
}

/** The worker thread, asked by name and answered in order. It keeps the process alive only while a question is open. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  readonly #gone: Promise<void>;
  #nextId = 1;
  #death: string | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.unref();
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#died(error.message));
    this.#gone = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#died('the worker is gone');
        resolve();
      });
    });
  }

  /** Throws a Fault when the database cannot be opened. */
  static async start(start: WorkerStart): Promise<WorkerLink> {
    const worker = new Worker(new URL('./worker/worker.js', import.meta.url), { workerData: start });
    const greeting = await greetingFrom(worker);
    if (greeting.ok) return new WorkerLink(worker);
    await worker.terminate();
    throw new Fault(greeting.code, greeting.message);
  }

  /** How many questions are open. */
  get waiting(): number {
    return this.#asked.size;
  }

  /** Why nothing is answered any more; undefined while the thread lives. */
  get problem(): string | undefined {
    return this.#death;
  }

  /** Rejects with a StoreError; OutcomeUnknown when a commit was under way as the worker died. */
  ask<Name extends CallName>(name: Name, ask: Calls[Name]['ask']): Promise<Calls[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined) {
        reject(new StoreError('Unavailable', this.#death));
        return;
      }
      const id = this.#nextId++;
      if (this.#asked.size === 0) this.#worker.ref();
      this.#asked.set(id, { name, settle: (answer) => resolve(answer as Calls[Name]['answer']), fail: reject });
      this.#worker.postMessage({ id, name, ask });
    });
  }

  /** Resolves when the thread has ended. */
  async close(): Promise<void> {
    await this.ask('close', null).catch(() => undefined);
    this.#worker.ref();
    await this.#gone;
  }

  #settle(answer: Answer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (this.#asked.size === 0) this.#worker.unref();
    if (answer.ok) asked?.settle(answer.answer);
    else asked?.fail(new StoreError(answer.failure.code, answer.failure.message));
  }

  #died(message: string): void {
    this.#death ??= message;
    const open = [...this.#asked.values()];
    this.#asked.clear();
    for (const { name, fail } of open) {
      fail(new StoreError(name === 'commit' ? 'OutcomeUnknown' : 'Unavailable', message));
    }
  }
}

function greetingFrom(worker: Worker): Promise<Greeting> {
  return new Promise((resolve) => {
    const fail = (message: string): void => resolve({ ok: false, code: 'STORE_UNAVAILABLE', message });
    worker.once('message', (greeting: Greeting) => {
      worker.off('error', onError).off('exit', onExit);
      resolve(greeting);
    });
    const onError = (error: Error): void => fail(error.message);
    const onExit = (code: number): void => fail(`the worker ended with ${code}`);
    worker.once('error', onError).once('exit', onExit);
  });
}

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { ask, Refused, signOut } from './api.js';

interface AnswerProps<Body> {
  readonly path: string;
  /** How often it is asked for again. Default 2000. */
  readonly everyMs?: number;
  readonly children: (body: Body, again: () => void) => ComponentChildren;
}

/** Shows what the gateway answers, and keeps it current while the tab is in sight. */
export function Answer<Body>({ path, everyMs = 2000, children }: AnswerProps<Body>) {
  const [body, problem] = useMemo(() => [signal<Body | undefined>(undefined), signal('')] as const, [path]);
  const underWay = useMemo(() => ({ count: 0 }), [path]);

  async function again(): Promise<void> {
    underWay.count += 1;
    try {
      body.value = await ask<Body>(path);
      problem.value = '';
    } catch (error) {
      if (error instanceof Refused && error.status === 401) signOut();
      problem.value = error instanceof Refused ? error.message : 'The gateway does not answer.';
    } finally {
      underWay.count -= 1;
    }
  }

  useEffect(() => {
    void again();
    const timer = setInterval(() => document.hidden || underWay.count > 0 || void again(), everyMs);
    return () => clearInterval(timer);
  }, [path]);

  return (
    <>
      {problem.value && <p role="alert">{problem.value}</p>}
      {body.value === undefined ? null : children(body.value, () => void again())}
    </>
  );
}

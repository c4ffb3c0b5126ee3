import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ask, Refused, signOut, workspace } from './api.js';

interface AnswerProps<Body> {
  readonly path: string;
  /** How often it is asked for again. Default 2000. */
  readonly everyMs?: number;
  readonly children: (body: Body, again: () => void) => ComponentChildren;
}

/**
 * Shows what the gateway answers, and keeps it current while the tab is in sight: it asks again some time after each answer,
 * so that a slow gateway is not asked faster than it answers. What was shown stays until there is something else.
 */
export function Answer<Body>({ path, everyMs = 2000, children }: AnswerProps<Body>) {
  const body = useSignal<Body | undefined>(undefined);
  const problem = useSignal('');
  const where = `${workspace.value} ${path}`;
  const asked = useRef(where);
  asked.current = where;

  async function again(): Promise<void> {
    try {
      const answer = await ask<Body>(path);
      if (asked.current !== where) return;
      body.value = answer;
      problem.value = '';
    } catch (error) {
      if (error instanceof Refused && error.status === 401) signOut();
      if (asked.current === where)
        problem.value = error instanceof Refused ? error.message : 'The gateway does not answer.';
    }
  }

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const goOn = async (): Promise<void> => {
      if (!document.hidden) await again();
      if (!isOver) timer = setTimeout(() => void goOn(), everyMs);
    };
    void goOn();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [where]);

  return (
    <>
      {problem.value && <p role="alert">{problem.value}</p>}
      {body.value === undefined ? null : children(body.value, () => void again())}
    </>
  );
}

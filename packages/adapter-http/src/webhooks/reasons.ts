import { postProblems, type Posted } from './poster.js';

/** Why a request to an endpoint or a bot came to nothing; `STATUS_` goes on with the status. */
export const reasons = [...postProblems, 'REDIRECTED', 'STATUS_', 'BAD_ANSWER'] as const;

/** Whether it was taken. */
export function isTaken(posted: Posted): boolean {
  return posted.ok && posted.status >= 200 && posted.status < 300;
}

/** Why it was not. */
export function reasonOf(posted: Posted): string {
  if (!posted.ok) return posted.problem;
  return posted.status >= 300 && posted.status < 400 ? 'REDIRECTED' : `STATUS_${posted.status}`;
}

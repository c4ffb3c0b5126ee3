import { signal } from '@preact/signals';

/** The key as it was typed in, for as long as the tab is open; empty: not yet. */
export const key = signal(sessionStorage.getItem('key') ?? '');

/** Which workspace is looked at; empty: the first. */
export const workspace = signal('');

/** What the gateway would not answer, in its own words. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function signIn(typed: string): void {
  sessionStorage.setItem('key', typed);
  key.value = typed;
}

export function signOut(): void {
  sessionStorage.removeItem('key');
  key.value = '';
}

interface How {
  readonly method?: 'GET' | 'POST';
  /** Default: the one that was typed in. */
  readonly as?: string;
}

/** Asks the gateway; throws Refused. */
export async function ask<Answer>(path: string, { method = 'GET', as = key.value }: How = {}): Promise<Answer> {
  const joint = path.includes('?') ? '&' : '?';
  const where = workspace.value === '' ? '' : `${joint}workspace=${encodeURIComponent(workspace.value)}`;
  const response = await fetch(`./api/${path}${where}`, { method, headers: { authorization: `Bearer ${as}` } });
  const answer: Answer & { readonly message?: string } = await response.json();
  if (!response.ok) throw new Refused(response.status, answer.message ?? `${response.status}`);
  return answer;
}

/** Whether a credential is good cannot be told now. Thrown inside this package alone; callers get it as a value. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('the authority does not answer');
    this.retryAfterMs = retryAfterMs;
  }
}

/** What is said to people in events that carry a text of ours. `{queue}` and `{name}` are filled in; '' says nothing. */
export interface SermoTexts {
  /** The chat was placed in a queue. [SERMO outbound/system_text] */
  readonly queued: string;
  /** Somebody took the chat. [SERMO outbound/system_text] */
  readonly assigned: string;
  /** What a desk reads when a customer chose to leave. [SERMO inbound/client_left] */
  readonly left: string;
  /** What our customer reads when the desk's queue has closed. [SERMO outbound/platform_closed] */
  readonly platformClosed: string;
  /** What our customer reads when the desk's agent is done. [SERMO outbound/agent_done] */
  readonly agentDone: string;
  /** What our customer reads when his words do not get to the desk for long. [SERMOD nothing is lost] */
  readonly deskDelayed: string;
  /** What the chat shows in place of a picture that was refused. */
  readonly imageRefused: string;
  /** What the chat shows in place of a text that was too long. */
  readonly textTooLong: string;
}

const english: SermoTexts = {
  queued: 'You are in the queue {queue}',
  assigned: 'You are now talking to {name}',
  left: 'The customer has left the chat.',
  platformClosed: 'The chat is closed at the moment. You may leave a message.',
  agentDone: '',
  deskDelayed: 'It may take longer than usual until you get an answer.',
  imageRefused: 'A picture could not be shown.',
  textTooLong: 'A message was too long to be shown.',
};

const swedish: SermoTexts = {
  queued: 'Chatten har placerats i kön "{queue}"',
  assigned: 'Du chattar nu med {name}',
  left: 'Kunden har stängt chatten.',
  platformClosed: 'Chatten är stängd just nu. Du kan lämna ett meddelande.',
  agentDone: '',
  deskDelayed: 'Det kan ta längre tid än vanligt innan du får svar.',
  imageRefused: 'En bild kunde inte visas.',
  textTooLong: 'Ett meddelande var för långt för att visas.',
};

/** By locale, or by its language alone; what is missing is taken from the language's own, then English. */
export type TextsByLocale = Readonly<Record<string, Partial<SermoTexts>>>;

/** The texts for one locale. */
export function textsFor(locale: string, given: TextsByLocale): SermoTexts {
  const [language = ''] = locale.split(/[-_]/);
  const usual = language === 'sv' ? swedish : english;
  return { ...usual, ...given[language], ...given[locale] };
}

/** Puts words into their places. */
export function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => words[name] ?? place);
}

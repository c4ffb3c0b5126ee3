/* The chat of a visitor: Faye's browser client for what comes, plain requests for what goes. [CONVEAD initialisation] */
(() => {
  'use strict';
  const { Faye, conveadChat: settings } = window;
  const visitorId = settings.visitorId || rememberedId();
  const client = new Faye.Client(`${settings.server}/faye`, { retry: 1, timeout: 30 });
  // In the order Faye tries them; what stands behind the wanted one is needed for the handshake.
  const transports = ['websocket', 'eventsource', 'long-polling', 'cross-origin-long-polling', 'callback-polling'];
  const wanted = transports.indexOf(settings.transport || 'websocket');
  for (const name of transports.slice(0, wanted)) client.disable(name);

  /** Messages by their ids: one that comes again takes the place of the first. */
  const messages = new Map();
  let conversation;
  const view = draw();

  client.subscribe(`/service/${visitorId}`, hear);
  client.on('transport:up', catchUp);
  client.subscribe(`/notifications/${visitorId}`, () => {
    if (view.panel.hidden) view.button.dataset.unread = 'yes';
  });

  /** The logger of the real product hands out this id. */
  function rememberedId() {
    const known = localStorage.getItem('visitor_id');
    if (known) return known;
    const made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0'));
    localStorage.setItem('visitor_id', made.join(''));
    return made.join('');
  }

  /** The event and the answer to the request say the same; whichever comes first counts. */
  function hear({ entity, conversation: told }) {
    if (entity !== 'conversation' || (conversation && conversation.id === told.id)) return;
    conversation = told;
    view.field.disabled = false;
    view.remark.textContent = '';
    const subscription = client.subscribe(`/conversations/${told.id}`, (event) => {
      if (event.entity === 'message') show([event.message]);
    });
    subscription.then(catchUp);
  }

  /** What was said before, and what an interruption swallowed; newest first. */
  function catchUp() {
    if (conversation) post(`conversation/${conversation.id}/messages`, {}).then(show, say);
  }

  /** Forms, as pages of that time send them: no preflight, and no header that old browsers could not set. */
  async function post(path, parameters) {
    const response = await fetch(`${settings.server}/chat/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ 'sender[type]': 'visitor', 'sender[id]': visitorId, ...parameters }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    return answer;
  }

  function show(list) {
    for (const message of list) messages.set(message.id, message);
    const sorted = [...messages.values()].sort((one, other) => one.id - other.id);
    view.log.replaceChildren(...sorted.map(lineOf));
    view.log.scrollTop = view.log.scrollHeight;
    if (!view.panel.hidden) list.filter(isUnread).forEach(markRead);
  }

  const isUnread = (message) => message.sender_type === 'manager' && !message.read;

  function markRead({ id, conversation_id: number }) {
    post(`conversation/${number}/message/${id}/mark_read`, {}).catch(say);
  }

  function lineOf({ sender, sender_type: type, content, read }) {
    const line = document.createElement('li');
    line.className = type;
    line.dataset.read = String(read);
    line.textContent = type === 'manager' ? `${sender.name || 'Manager'}: ${content}` : content;
    return line;
  }

  function draw() {
    const make = (tag, parent, properties) =>
      parent.appendChild(Object.assign(document.createElement(tag), properties));
    const button = make('button', document.body, { id: 'chat-open', textContent: 'Chat' });
    const panel = make('section', document.body, { id: 'chat', hidden: true });
    const log = make('ol', panel, { id: 'chat-log' });
    const remark = make('p', panel, { id: 'chat-remark' });
    const form = make('form', panel, { id: 'chat-form' });
    const field = make('input', form, { id: 'chat-field', autocomplete: 'off', maxLength: 4000, disabled: true });
    make('button', form, { textContent: 'Send' });
    button.addEventListener('click', () => {
      panel.hidden = !panel.hidden;
      if (panel.hidden) return;
      delete button.dataset.unread;
      post(`service/${visitorId}`, {}).then(hear, say);
      show([...messages.values()]);
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const content = field.value;
      if (content.trim() === '') return;
      field.value = '';
      post(`conversation/${conversation.id}`, { content }).catch((error) => {
        field.value = content;
        say(error);
      });
    });
    return { button, panel, log, remark, field };
  }

  function say(error) {
    view.remark.textContent = error.message;
  }
})();

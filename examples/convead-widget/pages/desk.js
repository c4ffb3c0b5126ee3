/* The page of a manager on duty: every conversation he is chosen for becomes a window. [CONVEAD initialisation] */
(() => {
  'use strict';
  // Behind the # nothing is sent to a server or stands in its logs.
  const asked = new URLSearchParams(location.hash.slice(1));
  const token = asked.get('token') || '';
  const me = { type: 'manager', id: asked.get('id') || '7', name: asked.get('name') || 'Ann' };
  const client = new window.Faye.Client(`${location.origin}/faye`, { retry: 1, timeout: 30 });
  const windows = new Map();
  document.getElementById('name').textContent = me.name;

  client.addExtension({
    outgoing(message, next) {
      if (message.channel === '/meta/handshake') message.ext = { token, sender: me };
      next(message);
    },
  });

  client
    .subscribe('/service/*', ({ entity, conversation }) => {
      const isMine = entity === 'conversation' && String(conversation.manager_id) === me.id;
      if (isMine && !windows.has(conversation.id)) open(conversation);
    })
    .then(() => (document.getElementById('state').textContent = 'on duty'));

  async function post(path, parameters) {
    const response = await fetch(`/chat/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ sender: me, ...parameters }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.message);
    return answer;
  }

  function open({ id, visitor }) {
    const shown = new Map();
    const make = (tag, parent, properties) =>
      parent.appendChild(Object.assign(document.createElement(tag), properties));
    const box = make('section', document.getElementById('conversations'), { className: 'conversation' });
    make('h2', box, { textContent: visitor.name || visitor.id });
    const log = make('ol', box, {});
    const form = make('form', box, {});
    const field = make('input', form, { autocomplete: 'off', maxLength: 4000 });
    make('button', form, { textContent: 'Send' });
    windows.set(id, box);

    function show(list) {
      for (const message of list) shown.set(message.id, message);
      const sorted = [...shown.values()].sort((one, other) => one.id - other.id);
      log.replaceChildren(...sorted.map(lineOf));
      const unread = list.filter((message) => message.sender_type === 'visitor' && !message.read);
      for (const message of unread) void post(`conversation/${id}/message/${message.id}/mark_read`, {});
    }

    client
      .subscribe(`/conversations/${id}`, ({ entity, message }) => entity === 'message' && show([message]))
      .then(() => post(`conversation/${id}/messages`, {}))
      .then(show);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const content = field.value;
      field.value = '';
      if (content.trim() !== '') post(`conversation/${id}`, { content }).catch(() => (field.value = content));
    });
  }

  function lineOf({ sender_type: type, content, read }) {
    const line = document.createElement('li');
    line.className = type;
    line.dataset.read = String(read);
    line.textContent = content;
    return line;
  }
})();

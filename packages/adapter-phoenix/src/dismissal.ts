import { disconnects, type DisconnectReason } from '@dragoman/core';
import type { Join } from './channels/index.js';

/** The core ended the session behind a channel: its client stays away, or comes back. */
export function dismiss({ channel, socket }: Join<undefined>, reason: DisconnectReason): void {
  if (!disconnects[reason].canReconnect) channel.close();
  else if (reason === 'SHUTDOWN') socket.close(1012);
  else channel.crash();
}

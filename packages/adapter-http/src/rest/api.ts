import type { Bridge } from '../bridge.js';
import type { Feeds } from '../feed/feeds.js';
import { addRoutes, createApp, type App } from '../transport.js';
import { attachmentRoutes } from './attachments.js';
import { chatCommandRoutes } from './chat-commands.js';
import { chatRoutes } from './chats.js';
import { describeApi, documentRoutes } from './documents.js';
import { eventRoutes } from './events.js';
import { messageRoutes } from './messages.js';
import { operatorRoutes } from './operators.js';
import { participantRoutes } from './participants.js';
import { webhookRoutes } from '../webhooks/routes.js';
import { privacyRoutes } from './privacy.js';
import { workspaceRoutes } from './workspace.js';

/** The whole API below its mount, with its documents; ready to be given requests. */
export async function createApi(bridge: Bridge, feeds: Feeds): Promise<App> {
  const { core, options } = bridge;
  const app = createApp(options, core.log, () => core.ids.command());
  await describeApi(app, options);
  await addRoutes(app, options.mount, async (api) => {
    chatRoutes(api, bridge);
    chatCommandRoutes(api, bridge);
    messageRoutes(api, bridge);
    eventRoutes(api, bridge, feeds);
    operatorRoutes(api, bridge);
    participantRoutes(api, bridge);
    privacyRoutes(api, bridge);
    workspaceRoutes(api, bridge);
    webhookRoutes(api, bridge);
    documentRoutes(api, options);
    await api.register(async (files: App) => attachmentRoutes(files, bridge));
  });
  await app.ready();
  return app;
}

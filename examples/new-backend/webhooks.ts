/**
 * The new backend by webhooks: is told what happens, one request for each event. It keeps nothing: what it has not taken
 * the gateway sends again, in order.
 *
 *     WEBHOOK_SECRET=whsec_… node build/examples/new-backend/webhooks.js [port]
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createDesk } from './desk.js';

const url = process.env['DRAGOMAN_URL'] ?? 'http://127.0.0.1:4000/v1';
const key = process.env['DRAGOMAN_KEY'] ?? 'dev-backend';
const secret = Buffer.from((process.env['WEBHOOK_SECRET'] ?? '').replace(/^whsec_/, ''), 'base64');
const [, , port = '5000'] = process.argv;
const desk = createDesk(url, key);

/** Whether the gateway sent it, within the last five minutes. The npm package `standardwebhooks` does the same. */
function isGenuine({ headers }: IncomingMessage, body: string): boolean {
  const [id = '', timestamp = '', signatures = ''] = ['id', 'timestamp', 'signature'].map((name) =>
    String(headers[`webhook-${name}`] ?? ''),
  );
  if (secret.length === 0 || !(Math.abs(Date.now() / 1_000 - Number(timestamp)) < 300)) return false;
  const own = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return given.length === own.length && timingSafeEqual(given, own);
  });
}

/** The status of the answer: only what was done is taken. */
async function taken(request: IncomingMessage): Promise<number> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  if (!isGenuine(request, body)) return 401;
  await desk.handle(JSON.parse(body));
  return 204;
}

/** Until the gateway is there. */
for (let isOnDuty = false; !isOnDuty;) {
  isOnDuty = await desk.beOnDuty().then(
    () => true,
    () => false,
  );
  if (!isOnDuty) await pause(500);
}
setInterval(() => void desk.beOnDuty().catch((error: unknown) => console.error(String(error))), 20_000);

createServer((request, response) => {
  taken(request)
    .catch((error: unknown) => {
      console.error(String(error));
      return 500;
    })
    .then((status) => response.writeHead(status).end())
    .catch(() => response.destroy());
}).listen(Number(port), '127.0.0.1', () => console.log(`is told what happens on port ${port}`));

import { once } from 'node:events';
import { connect } from 'node:net';
import { rejectionCodes, type TokenVerifier } from '@dragoman/core';
import { eventually, type AdapterSubject, type SubjectClient } from '@dragoman/core/testing';
import { lineAdapter, lineCapabilities } from '../../examples/line-adapter/line-adapter.js';

const verify: TokenVerifier = async (credential) => {
  const [role, externalId = ''] = credential.split(':');
  if (role !== 'customer' && role !== 'operator') return { ok: false, code: 'invalid' };
  return { ok: true, identity: { role, externalId } };
};

async function lineClient(port: number | undefined, hello: string): Promise<SubjectClient> {
  if (port === undefined) throw new Error('nothing to connect to');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let [received, isClosed] = ['', false];
  socket.setEncoding('utf8').on('data', (chunk) => (received += chunk));
  socket.on('error', () => socket.destroy()).on('close', () => (isClosed = true));
  const lines = (word: string): readonly string[] =>
    received.split('\n').flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  const send = async (line: string): Promise<void> => void socket.write(`${line}\n`);
  await send(hello);
  await eventually('a welcome', () => isClosed || lines('welcome').length > 0);
  return {
    open: async () => {},
    post: (text) => send(`say ${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`),
    close: async () => void socket.destroy(),
    heard: () =>
      lines('say').map((told) => told.replace(/^\d+ /, '').replace(/\\(\\|n)/g, (_, c) => (c === 'n' ? '\n' : '\\'))),
    refused: () => lines('no').filter((code) => code !== 'BAD_LINE'),
    frames: () => received.split('\n').length,
    isClosed: () => isClosed,
    babble: () => send('\0what?'),
    stall: () => void socket.pause(),
  };
}

export const lineSubject: AdapterSubject = {
  name: 'examples/line-adapter',
  capabilities: lineCapabilities,
  async open() {
    const adapter = lineAdapter({ port: 0, workspaceId: 'default', verify });
    return {
      adapter,
      customer: (id) => lineClient(adapter.port, `customer customer:${id}`),
      operator: (id) => lineClient(adapter.port, `operator operator:${id}`),
    };
  },
  refusals: Object.fromEntries(rejectionCodes.map((code) => [code, code])) as AdapterSubject['refusals'],
};

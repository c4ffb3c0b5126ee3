import type { Frame } from '../transport.js';
import { isRecord } from './frames.js';

/**
 * The same frame with the arguments that the service's own documentation gives: plain ids where the source sends
 * objects [HCD 20]. Every other frame as it is.
 */
export function withPlainIds(frame: Frame): Frame {
  const { name, args } = frame;
  const [first, second, third] = args;
  switch (name) {
    case 'chat.typing':
      return { ...frame, args: [idOf(first), idOf(second), third] };
    case 'chat.close':
    case 'log':
      return { ...frame, args: [idOf(first), second] };
    default:
      return frame;
  }
}

function idOf(value: unknown): unknown {
  return isRecord(value) ? value['id'] : value;
}

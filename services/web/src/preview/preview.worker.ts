import meterUrl from '@gts/audio/meter.wasm?url';
import { useMeter } from '@gts/audio/browser';
import kernelUrl from '@gts/nam/kernel.wasm?url';
import { createOwnEngine } from '@gts/nam/browser';
import { createPreview } from './preview';
import type { PreviewAnswer, PreviewCancel, PreviewRequest } from './protocol';

// The worker of a page: the newest request is computed, whatever was before it ends at its next look.
declare function postMessage(answer: PreviewAnswer, transfer: readonly Transferable[]): void;

async function compiled(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A turn of the event loop: messages that wait are heard. Timers would wait longer. */
function turns(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}

async function open() {
  const [kernel, meter] = await Promise.all([compiled(kernelUrl), compiled(meterUrl)]);
  useMeter(() => meter);
  const engine = createOwnEngine(kernel);
  return createPreview({
    engine,
    hash,
    fetch: (url) => fetch(url),
    breathe: turns(),
    nowMs: () => performance.now(),
  });
}

const opened = open();
let newest = 0;

function tell(answer: PreviewAnswer): void {
  const heard = answer.state === 'ready' ? [answer.now, answer.before] : [];
  postMessage(
    answer,
    heard.flatMap((samples) => (samples ? [samples.buffer] : [])),
  );
}

async function hear(message: PreviewRequest | PreviewCancel): Promise<void> {
  const { id } = message;
  newest = id;
  if ('cancel' in message) return;
  try {
    const preview = await opened;
    await preview(message, { stale: () => newest !== id, tell: (news) => tell({ id, ...news }) });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    tell({ id, state: 'refused', blockIndex: null, code: 'preview.failed', detail });
  }
}

addEventListener('message', ({ data }: MessageEvent<PreviewRequest | PreviewCancel>) => void hear(data));

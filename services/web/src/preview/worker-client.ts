import workerUrl from './preview.worker.ts?worker&url'; // oxlint-disable-line import/default -- Vite answers with the address
import { scriptUrl } from '../trusted';
import type { PreviewAnswer, PreviewCancel, PreviewNews, PreviewRequest } from './protocol';

/** The worker of this page; `current` is false for what an older request still says. */
export function startWorker(hear: (news: PreviewNews, current: boolean) => void) {
  const worker = new Worker(scriptUrl(workerUrl), { type: 'module', name: 'preview' });
  let newest = 0;
  worker.addEventListener('message', ({ data: { id, ...news } }: MessageEvent<PreviewAnswer>) => {
    hear(news, id === newest);
  });
  const failed = () =>
    hear({ state: 'refused', blockIndex: null, code: 'preview.failed', detail: 'the preview broke' }, true);
  worker.addEventListener('error', failed);
  const post = (message: PreviewRequest | PreviewCancel) => worker.postMessage(message);
  return {
    request(what: Omit<PreviewRequest, 'id'>): void {
      newest += 1;
      post({ id: newest, ...what });
    },
    cancel(): void {
      newest += 1;
      post({ id: newest, cancel: true });
    },
    close: () => worker.terminate(),
  };
}

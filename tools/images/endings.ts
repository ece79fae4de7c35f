// Services that are told to end while they work: what is under way is finished, and they end as they should.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { signIn, until } from '../lib/api.mjs';
import { addressOf, containerOf, exitCodeOf, type RunningStack, SERVICES } from './containers.ts';
import type { Check } from './drills.ts';
import { engineEnvironment, must } from './engine.ts';
import { recording, startJob } from './main-job.ts';

const OPS_PORT = 9464;
const SOON = { everyMs: 25, withinMs: 20_000 };
/** Half an upload is with the gateway long before. */
const ARRIVES_MS = 500;
const TUS = { 'tus-resumable': '1.0.0' };

/** Its health; the address is asked for once, since asking the engine holds everything else up. */
function healthOf(stack: RunningStack, service: string): () => Promise<boolean> {
  const url = `http://${addressOf(stack, service)}:${OPS_PORT}/health/ready`;
  return () => fetch(url).then(({ ok }) => ok, () => false); // prettier-ignore
}

/** Tells a container to end, as any engine does; its restart policy holds still. */
const stop = (stack: RunningStack, service: string) =>
  promisify(execFile)('podman', ['stop', '--time', '160', containerOf(stack, service)], { env: engineEnvironment() });

async function startAgain(stack: RunningStack, service: string): Promise<void> {
  must('podman', ['start', containerOf(stack, service)]);
  await until(healthOf(stack, service), Boolean, SOON);
}

const endFaults = (stack: RunningStack, service: string): readonly string[] => {
  const code = exitCodeOf(stack, service);
  return code === 0 ? [] : [`${service} ended with ${code}`];
};

type Half = Readonly<{ body: ReadableStream<Uint8Array>; sendRest: () => void }>;
/** A body of which the second half is sent when asked. */
function halved(bytes: Uint8Array): Half {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const middle = bytes.length >> 1;
  void writer.write(bytes.subarray(0, middle));
  return { body: readable, sendRest: () => void writer.write(bytes.subarray(middle)).then(() => writer.close()) };
}

/** An upload of which the gateway has half when it is told to end. */
const gateway: Check = async (stack) => {
  const api = await signIn(stack.address, 'ben');
  const bytes = recording(60, 1);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const metadata = `filename ${base64('half.wav')},purpose ${base64('di')}`;
  const headers = { ...TUS, 'upload-length': String(bytes.length), 'upload-metadata': metadata };
  const created = await api.send('POST', '/uploads', { headers });
  const { body, sendRest } = halved(bytes);
  const answered = api.send('PATCH', created.headers.get('location') ?? '', {
    raw: body,
    headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
  });
  const isReady = healthOf(stack, 'gateway');
  await sleep(ARRIVES_MS);
  const stopped = stop(stack, 'gateway');
  await until(isReady, (ready) => !ready, SOON);
  sendRest();
  const { status } = await answered;
  await stopped;
  const faults = endFaults(stack, 'gateway');
  await startAgain(stack, 'gateway');
  return status === 204 ? faults : [...faults, `the upload under way was answered ${status}`];
};

/** Any other service, while a job renders. */
async function duringJob(stack: RunningStack, service: string, frequency: number): Promise<readonly string[]> {
  const job = await startJob(stack.address, frequency);
  await job.untilRendering();
  await stop(stack, service);
  const faults = endFaults(stack, service);
  await startAgain(stack, service);
  const end = await job.untilEnded();
  return end === 'COMPLETED' ? faults : [...faults, `${service} told to end: the job ended ${end}`];
}

export const endings: Check = async (stack) => {
  const faults = [...(await gateway(stack))];
  for (const [at, service] of SERVICES.filter((each) => each !== 'gateway').entries())
    faults.push(...(await duringJob(stack, service, 61 + 3 * at)));
  return faults;
};

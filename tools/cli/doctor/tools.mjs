import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../lib/cache-folder.mjs';
import { fail, ok, warn } from './finding.mjs';

const AREA = 'tools';
const FOLDERS = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin';
const FILTERS = ['ebur128', 'showspectrumpic', 'showwaves', 'aformat'];

const SLOW_MS = 1800;

/** What a program says in good time; undefined where it is not there. */
async function said(command, args) {
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:${FOLDERS}` };
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    timeout: SLOW_MS,
    killSignal: 'SIGKILL',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  try {
    await once(child, 'close');
    return text;
  } catch {
    return undefined;
  }
}
const version = (text) => /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? 'of unknown version';

async function broker({ brokerIsOurs }) {
  const text = await said(process.env.NATS_SERVER ?? 'nats-server', ['--version']);
  if (text !== undefined) return ok(AREA, `nats-server ${version(text)}`);
  if (!brokerIsOurs) return ok(AREA, 'no nats-server; the broker runs elsewhere');
  return fail(AREA, 'no nats-server', 'apt-get install nats-server, or set NATS_SERVER');
}

async function ffmpeg() {
  const command = process.env.FFMPEG_PATH ?? 'ffmpeg';
  const [text, filters] = await Promise.all([said(command, ['-version']), said(command, ['-hide_banner', '-filters'])]);
  if (text === undefined) return fail(AREA, 'no ffmpeg', 'apt-get install ffmpeg, or set FFMPEG_PATH');
  // One that did not answer in time lacks nothing that we know of.
  const lacking = filters ? FILTERS.filter((each) => !filters.includes(` ${each} `)) : [];
  if (lacking.length === 0) return ok(AREA, `ffmpeg ${version(text)}`);
  return fail(AREA, `ffmpeg ${version(text)} lacks ${lacking.join(', ')}`, 'install a full build of ffmpeg');
}

const optional = [
  { name: 'kubectl', args: ['version', '--client'], without: 'manifests are rendered by a fetched one' },
  { name: 'podman', args: ['--version'], without: 'images cannot be run here' },
  { name: 'docker-compose', args: ['--version'], without: 'the compose stack cannot be started here' },
];
async function each({ name, args, without }) {
  const text = await said(name, args);
  return text === undefined ? warn(AREA, `no ${name}: ${without}`) : ok(AREA, `${name} ${version(text)}`);
}

function forky() {
  if (existsSync(join(cacheFolder(), 'forky', 'stamp.json'))) return ok(AREA, 'tree of the MongoDB wire server');
  return warn(AREA, 'no tree of the MongoDB wire server: its tests fetch it first', 'npm run mongo:local');
}

export const tools = async (world) => [
  ...(await Promise.all([broker(world), ffmpeg(), ...optional.map(each)])),
  forky(),
];

import { aTone, wavFile } from '@gts/testing';
import { Responses } from './responses';
import { perform, type Tools } from './tasks';

type Own = Parameters<typeof perform>[0];
const x = aTone(9600);
const uploaded = wavFile({ channels: [aTone(96_000, 440, 96_000)], sampleRate: 96_000 });
const response = wavFile({ channels: [aTone(4410, 440, 44_100)], sampleRate: 44_100 });
const decoded = { channels: 1, sampleRate: 44_100, bits: 16, codec: 'flac', container: 'flac' };
const pcm = new Uint8Array(aTone(44_100, 440, 44_100).buffer);
const long = (): readonly Own[] => [
  { kind: 'inspectWav', bytes: uploaded, channel: undefined },
  { kind: 'inspect', audio: { ...decoded, pcm }, channel: undefined },
  { kind: 'ir', file: response, x },
  { kind: 'effect', effect: 'reverb_ir', params: {}, file: response, x },
  { kind: 'master', frames: 9600, gainDb: 0, diOnsetMs: null, x: x.slice() },
];
const tools = (tell: Tools['tell']): Tools => ({ responses: new Responses(), tell });

test.each(long())('$kind says how far it is, and never falls back', (task) => {
  const told: number[] = [];
  perform(
    task,
    tools((fraction) => void told.push(fraction)),
  );
  expect(told.length).toBeGreaterThan(1);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.every((fraction) => fraction > 0 && fraction <= 1)).toBe(true);
});
test.each(long())('$kind ends at its next word when nobody wants it', (task) => {
  let words = 0;
  const stop = () => {
    words += 1;
    if (words === 2) throw new DOMException('enough', 'AbortError');
  };
  expect(() => perform(task, tools(stop))).toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(words).toBe(2);
});

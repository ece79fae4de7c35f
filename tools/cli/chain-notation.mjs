import { basename } from 'node:path';

/**
 * "pedal.nam + amp.nam + cab.wav" into files with their roles: the last .nam before a .wav is the amp, earlier ones
 * are pedals, a .nam without .wav is a full rig.
 * @throws Error that names the part
 */
export function parseChain(text) {
  const files = text
    .split('+')
    .map((part) => part.trim())
    .filter(Boolean);
  if (files.length === 0) throw new Error(`the chain "${text}" names no file`);
  const wrong = files.find((file) => !/\.(nam|wav)$/i.test(file));
  if (wrong) throw new Error(`${wrong} is neither a capture (.nam) nor an impulse response (.wav)`);
  const isIr = (file) => /\.wav$/i.test(file);
  const firstIr = files.findIndex(isIr);
  const captures = files.filter((file) => !isIr(file));
  const last = firstIr < 0 ? files.length - 1 : firstIr - 1;
  const roleAt = (file, i) => {
    if (isIr(file)) return 'ir';
    if (i === last) return firstIr < 0 ? 'full_rig' : 'amp';
    return 'pedal';
  };
  if (captures.length === 0) throw new Error(`the chain "${text}" has no capture: a .nam is needed`);
  return files.map((file, i) => ({ file, role: roleAt(file, i) }));
}

/** Name of a chain for people: the files without folder and ending. */
export const chainName = (blocks) =>
  blocks
    .map(({ file }) => basename(file).replace(/\.(nam|wav)$/i, ''))
    .join(' + ')
    .slice(0, 80);

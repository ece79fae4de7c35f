import { audioRefusal } from './refusals';

/** What the first bytes say; `forbidden` may name other files or hides a video, `null` is nothing we know. */
export type Container = 'wav' | 'flac' | 'aiff' | 'ogg' | 'mp3';
type Magic = readonly [Container | 'forbidden', offset: number, text: string, secondOffset?: number, second?: string];

const magics: readonly Magic[] = [
  ['wav', 0, 'RIFF', 8, 'WAVE'],
  ['flac', 0, 'fLaC'],
  ['aiff', 0, 'FORM', 8, 'AIFF'],
  ['aiff', 0, 'FORM', 8, 'AIFC'],
  ['ogg', 0, 'OggS'],
  ['mp3', 0, 'ID3'],
  ['forbidden', 0, 'ffconcat'],
  ['forbidden', 0, '#EXTM3U'],
  ['forbidden', 0, '[playlist]'],
  ['forbidden', 0, 'file '],
  ['forbidden', 0, '<'],
  ['forbidden', 4, 'ftyp'],
  ['forbidden', 4, 'moov'],
  ['forbidden', 0, '\x1a\x45\xdf\xa3'],
  ['forbidden', 0, '\x30\x26\xb2\x75'],
  ['forbidden', 0, 'RIFF', 8, 'AVI '],
  ['forbidden', 0, 'PK\x03\x04'],
];

const hasText = (bytes: Uint8Array, offset: number, text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text.charCodeAt(i)) return false;
  return true;
};

// An MPEG audio layer III frame header: sync, layer, a bit rate and a sample rate that exist.
const isMp3Frame = (b: Uint8Array): boolean =>
  b.length >= 4 &&
  b[0] === 0xff &&
  (b[1] & 0xe6) === 0xe2 &&
  (b[2] & 0xf0) !== 0xf0 &&
  (b[2] & 0xf0) !== 0 &&
  (b[2] & 0x0c) !== 0x0c;

/** Looks at the first bytes only; the claimed media type and the file name do not count. */
export function detectContainer(bytes: Uint8Array): Container | 'forbidden' | null {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = bytes.subarray(start, start + 16);
  const found = magics.find(
    ([, offset, first, secondOffset, second]) =>
      hasText(text, offset, first) && (second === undefined || hasText(text, secondOffset ?? 0, second)),
  );
  if (found) return found[0];
  return isMp3Frame(bytes) ? 'mp3' : null;
}

const OGG_PAGE = 27;
const OGG_SOUND = ['\x01vorbis', 'OpusHead', '\x7fFLAC', 'Speex   ', 'fishead\0'];

/** Whether an Ogg file begins a stream that is no sound: each stream names itself in one of the first pages. */
function hasOtherStream(bytes: Uint8Array): boolean {
  for (let at = 0; hasText(bytes, at, 'OggS') && (bytes[at + 5] & 2) !== 0;) {
    const segments = bytes.subarray(at + OGG_PAGE, at + OGG_PAGE + bytes[at + 26]);
    const content = at + OGG_PAGE + segments.length;
    if (!OGG_SOUND.some((name) => hasText(bytes, content, name))) return true;
    at = content + segments.reduce((sum, length) => sum + length, 0);
  }
  return false;
}

const mediaTypes: Readonly<Record<Container, readonly string[]>> = {
  wav: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  flac: ['audio/flac', 'audio/x-flac'],
  aiff: ['audio/aiff', 'audio/x-aiff'],
  ogg: ['audio/ogg', 'application/ogg', 'audio/vorbis', 'audio/opus'],
  mp3: ['audio/mpeg', 'audio/mp3'],
};

function requireAgreement(found: Container, claimedMediaType: string | undefined): void {
  const claimed = claimedMediaType?.split(';')[0]?.trim().toLowerCase();
  const vague = !claimed || claimed === 'application/octet-stream' || claimed === 'application/offset+octet-stream';
  if (!vague && !mediaTypes[found].includes(claimed))
    throw audioRefusal('wav.not_wav', `the file is ${found}, but was sent as ${claimed}`);
}

/**
 * The container of an uploaded DI, which must agree with the claimed media type when one is claimed.
 * @throws `di.container_forbidden`, `wav.not_wav`
 */
export function requireContainer(bytes: Uint8Array, claimedMediaType?: string): Container {
  const found = detectContainer(bytes);
  if (found === 'forbidden')
    throw audioRefusal('di.container_forbidden', 'this kind of file may name other files: export WAV or FLAC');
  if (found === 'ogg' && hasOtherStream(bytes))
    throw audioRefusal('di.container_forbidden', 'the file holds more than sound: export the sound alone');
  if (found === null) throw audioRefusal('wav.not_wav', 'not an audio file: WAV, FLAC, AIFF, Ogg and MP3 are read');
  requireAgreement(found, claimedMediaType);
  return found;
}

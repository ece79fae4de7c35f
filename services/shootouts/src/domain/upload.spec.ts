import type { Instant } from '@gts/kernel';
import { anId, given } from '@gts/testing';
import fc from 'fast-check';
import { MOST_BYTES, appendChunk, completeFile, endUpload, openUpload, type Upload } from './upload';

const now = '2026-01-01T00:00:00.000Z' as Instant;
const later = '2026-01-02T00:00:00.000Z' as Instant;
const uploadId = anId<'Upload'>(1);
const file = (bytes: number, digit = 'a') => ({ sha256: digit.repeat(64), bytes, mediaType: 'audio/wav' });
const anUpload = (part: Partial<Upload> = {}): Upload => ({
  ...openUpload({ userId: 'ada', length: 10, filename: 'take.wav', expiresAt: later })().state,
  ...part,
});
const chunk = (offset: number, bytes: number, whole?: ReturnType<typeof file>) =>
  appendChunk({ uploadId, offset, chunk: file(bytes), ...(whole && { whole }), now });

test('one chunk that is everything completes the upload', () => {
  given(anUpload()).when(chunk(0, 10)).thenEvents({ type: 'UploadCompleted', uploadId });
  given(anUpload())
    .when(chunk(0, 10))
    .thenState({ status: 'COMPLETE', whole: file(10), chunks: [] });
});

test('several chunks need the joined file', () => {
  const half = chunk(0, 5)(anUpload()).state;
  expect(half).toMatchObject({ status: 'OPEN', offset: 5, chunks: [file(5)] });
  given(half).when(chunk(5, 5)).thenRefused('SHOOTOUT.CHECKSUM_MISMATCH');
  given(half)
    .when(chunk(5, 5, file(9, 'b')))
    .thenRefused('SHOOTOUT.CHECKSUM_MISMATCH');
  given(half)
    .when(chunk(5, 5, file(10, 'b')))
    .thenState({ status: 'COMPLETE', whole: file(10, 'b') });
});

test.each<[string, Upload, ReturnType<typeof chunk>]>([
  ['SHOOTOUT.OFFSET_MISMATCH', anUpload(), chunk(1, 5)],
  ['SHOOTOUT.OFFSET_MISMATCH', anUpload({ status: 'COMPLETE' }), chunk(0, 5)],
  ['SHOOTOUT.PAYLOAD_TOO_LARGE', anUpload(), chunk(0, 11)],
  ['SHOOTOUT.UPLOAD_EXPIRED', anUpload(), appendChunk({ uploadId, offset: 0, chunk: file(5), now: later })],
  ['SHOOTOUT.UPLOAD_EXPIRED', anUpload({ status: 'ABORTED' }), chunk(0, 5)],
  ['SHOOTOUT.CHECKSUM_MISMATCH', anUpload({ sha256: 'f'.repeat(64) }), chunk(0, 10)],
])('is refused with %s', (code, upload, decide) => {
  given(upload).when(decide).thenRefused(code);
});

test('more than 100 MiB are refused at once', () => {
  const open = (length: number) => openUpload({ userId: 'ada', length, filename: 'x', expiresAt: later });
  expect(open(MOST_BYTES)().state.length).toBe(MOST_BYTES);
  expect(open(MOST_BYTES + 1)).toThrow(expect.objectContaining({ code: 'SHOOTOUT.PAYLOAD_TOO_LARGE' }));
});

test('only a complete file becomes a recording', () => {
  expect(() => completeFile(anUpload())).toThrow(expect.objectContaining({ code: 'SHOOTOUT.UPLOAD_INCOMPLETE' }));
  expect(() => completeFile(endUpload('EXPIRED')(anUpload()).state)).toThrow(
    expect.objectContaining({ code: 'SHOOTOUT.UPLOAD_EXPIRED' }),
  );
});

test('no byte is counted twice, whatever is sent in whatever order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 10 }), fc.integer({ min: 1, max: 10 })), { maxLength: 20 }), (sent) => {
      const upload = sent.reduce((state, [offset, bytes]) => {
        try {
          return chunk(offset, bytes, file(10, 'b'))(state).state;
        } catch {
          return state;
        }
      }, anUpload());
      const stored = upload.chunks.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(upload.offset).toBe(upload.status === 'COMPLETE' ? 10 : stored);
    }),
  );
});

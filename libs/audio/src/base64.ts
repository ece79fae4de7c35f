/** Base64 of the bytes under any view, in Node and in browsers alike. */
export function base64Of({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  let letters = '';
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) letters += String.fromCharCode(byte);
  return btoa(letters);
}

/** SHA-256 of `dist/kernel.wasm`; equal to `assembly/kernel.sha256`, which a test holds. */
export const KERNEL_SHA256 = 'faa3fd73fb34e45a5a4ac2a4b9ba9c8a6b6215fe41aad1b7ab249f364330f9ad';

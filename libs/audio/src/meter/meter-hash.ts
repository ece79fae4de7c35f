/** SHA-256 of `dist/meter.wasm`; equal to `assembly/meter.sha256`, which a test holds. */
export const METER_SHA256 = 'a570841bba9bb8da7bb9fd9df6b1f248e8c229f353e4f93e407311a917007dac';

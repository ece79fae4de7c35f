/** SHA-256 of `dist/meter.wasm`; equal to `assembly/meter.sha256`, which a test holds. */
export const METER_SHA256 = '2b347171fa41cc31604b231be66ae994224d3265a4338bf4d6c46c85e9be72a9';

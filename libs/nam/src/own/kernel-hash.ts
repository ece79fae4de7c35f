/** SHA-256 of `dist/kernel.wasm`; equal to `assembly/kernel.sha256`, which a test holds. */
export const KERNEL_SHA256 = 'b44c269a546354ca5a26e421725375520a17e499a2863e3c97a53191650fa697';

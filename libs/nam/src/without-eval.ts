import { config } from 'zod';

// Schemas would be compiled with `new Function`, and even the attempt is a violation of a strict content security
// policy. Schemas decide when they are made, so this is imported before any.
config({ jitless: true });

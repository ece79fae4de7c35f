/** The people of the demo; cleo operates the platform. */
export const personas = {
  ada: { displayName: 'Ada', isAdmin: false },
  ben: { displayName: 'Ben', isAdmin: false },
  cleo: { displayName: 'Cleo', isAdmin: true },
} as const;
export type Persona = keyof typeof personas;

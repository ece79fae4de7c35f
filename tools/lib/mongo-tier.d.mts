export function mongoTier(): Promise<void>;

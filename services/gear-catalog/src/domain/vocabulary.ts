export type GearType = 'pedal' | 'amp' | 'full_rig' | 'ir' | 'outboard';
export type IrKind = 'cabinet' | 'reverb';
export type Format = 'nam' | 'ir';
/** Of the platform, seen by everybody, or of one workspace. */
export type Scope = 'PLATFORM' | 'TENANT';
/** Spelled as TONE3000 spells them. */
export type LicenceCode =
  't3k' | 'cc-by' | 'cc-by-sa' | 'cc-by-nc' | 'cc-by-nc-sa' | 'cc-by-nd' | 'cc-by-nc-nd' | 'cco' | 'unknown';
export type Size = 'standard' | 'lite' | 'feather' | 'nano' | 'custom' | 'unknown';
export type Architecture = '1' | '2' | 'custom' | 'unknown';

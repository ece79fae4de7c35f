import type { ChainFinding, Role } from './blocks';

const isAmp = (role: Role | undefined): boolean => role === 'amp' || role === 'full_rig';
const ranks: Readonly<Record<Role, number>> = { pedal: 0, amp: 1, full_rig: 1, ir: 2, post_effect: 3 };
const at = (index: number): string => `/blocks/${index}`;
const placesOf = (roles: readonly Role[], wanted: (role: Role) => boolean): number[] =>
  roles.flatMap((role, index) => (wanted(role) ? [index] : []));

function ampFindings(roles: readonly Role[]): ChainFinding[] {
  const [first, ...more] = placesOf(roles, isAmp);
  if (first === undefined)
    return [{ code: 'NO_AMP', pointer: '/blocks', detail: 'a chain needs one amp or one full rig: add one' }];
  return more.map((index) => ({
    code: 'MULTIPLE_AMPS',
    pointer: at(index),
    detail: 'a chain has one amp or full rig: remove this one',
  }));
}

function cabFindings(roles: readonly Role[]): ChainFinding[] {
  const amp = roles.findIndex(isAmp);
  const irs = placesOf(roles, (role) => role === 'ir');
  if (roles[amp] === 'full_rig')
    return irs.map((index) => ({
      code: 'IR_FORBIDDEN',
      pointer: at(index),
      detail: 'a full rig contains its cabinet: remove this impulse response',
    }));
  const surplus: ChainFinding[] = irs.slice(1).map((index) => ({
    code: 'MULTIPLE_IRS',
    pointer: at(index),
    detail: 'a chain has one cabinet: remove this impulse response',
  }));
  if (roles[amp] !== 'amp' || irs.length > 0) return surplus;
  return [
    { code: 'IR_REQUIRED', pointer: at(amp), detail: 'an amp needs a cabinet: add an impulse response after it' },
  ];
}

function orderFindings(roles: readonly Role[], reported: ReadonlySet<string>): ChainFinding[] {
  let highest = 0;
  return roles.flatMap((role, index): ChainFinding[] => {
    if (reported.has(at(index))) return [];
    const early = ranks[role] < highest;
    highest = Math.max(highest, ranks[role]);
    if (!early) return [];
    return [
      {
        code: 'INVALID_ORDER',
        pointer: at(index),
        detail: 'the order is pedals, amp, cabinet, then effects: move this',
      },
    ];
  });
}

const surplusCodes = new Set(['MULTIPLE_AMPS', 'MULTIPLE_IRS', 'IR_FORBIDDEN']);

/**
 * Everything that keeps a sequence of roles from being `pedal* (amp ir | full_rig) post_effect*`.
 * @returns empty exactly when the sequence is in the grammar
 */
export function grammarFindings(roles: readonly Role[]): ChainFinding[] {
  const findings = [...ampFindings(roles), ...cabFindings(roles)];
  const surplus = new Set(findings.filter(({ code }) => surplusCodes.has(code)).map(({ pointer }) => pointer));
  return [...findings, ...orderFindings(roles, surplus)];
}

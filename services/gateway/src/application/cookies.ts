/** Names and attributes of our cookies: the strict form wherever the address is not this machine's own. */
export type Cookies = Readonly<{ session: string; guest: string; attributes: string }>;

const LOCAL = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?$/;
const GUEST_SECONDS = 365 * 86_400;

export function cookiesFor(publicUrl: string): Cookies {
  const local = LOCAL.test(publicUrl);
  const prefix = local ? '' : '__Host-';
  return {
    session: `${prefix}gts_session`,
    guest: `${prefix}gts_guest`,
    attributes: `; Path=/; HttpOnly; SameSite=Lax${local ? '' : '; Secure'}`,
  };
}

export const sessionCookie = (cookies: Cookies, secret: string, expiresAt: string): string =>
  `${cookies.session}=${secret}${cookies.attributes}; Expires=${new Date(expiresAt).toUTCString()}`;

export const endedCookie = (cookies: Cookies): string => `${cookies.session}=${cookies.attributes}; Max-Age=0`;

export const guestCookie = (cookies: Cookies, secret: string): string =>
  `${cookies.guest}=${secret}${cookies.attributes}; Max-Age=${GUEST_SECONDS}`;

const SECRET = /^[A-Za-z0-9_-]{43}$/;

/** The secret of one of our cookies; what has not their form is no cookie of ours. */
export function secretIn(header: string | undefined, name: string): string | undefined {
  const found = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
  const value = found?.slice(name.length + 1);
  return value !== undefined && SECRET.test(value) ? value : undefined;
}

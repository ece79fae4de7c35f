type Policy = Readonly<{ createScriptURL(url: string): string }>;
type Policies = Readonly<{
  createPolicy(name: string, rules: Readonly<{ createScriptURL(url: string): string }>): Policy;
}>;
declare const trustedTypes: Policies | undefined;

/** The one policy that the content security policy lets pass: scripts of this site only. */
const rules = {
  createScriptURL(url: string): string {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError('a script of another site');
    return url;
  },
};
const policy: Policy = typeof trustedTypes === 'undefined' ? rules : trustedTypes.createPolicy('gts', rules);

/** An address from which a worker may be started. */
export const scriptUrl = (url: string): string => policy.createScriptURL(url);

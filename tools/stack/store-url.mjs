/**
 * Address of a service's own store: a file of its name in a folder, or a database of its name. The path of a server's
 * address is put in front of that name, so that several products may share one server.
 */
export function storeOf(url, service) {
  const [, server, path, query] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?([^?]*)(\?.*)?$/.exec(url) ?? [];
  if (server === undefined) return url;
  return `${server}/${path ? `${path}_` : ''}${service}${query ?? ''}`;
}

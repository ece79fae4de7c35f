/** Contexts that own data; the word in subjects, databases and error prefixes. */
export type ContextName = 'identity' | 'gear-catalog' | 'signal-chains' | 'shootouts' | 'rendering';

/** Processes of the product. */
export type ServiceName = ContextName | 'gateway';

/**
 * What a caller may be allowed to do. `self`: anyone signed in, on their own things; `<context>.read` a viewer,
 * `<context>.edit` an editor of the selected workspace; `ops` an operator. `libs/auth` maps roles to these.
 */
export type Permission = 'self' | 'ops' | 'workspace.own' | 'shootouts.render' | `${ContextName}.${'read' | 'edit'}`;

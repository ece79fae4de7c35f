import { type ConsumerSpec, consumersOf, type ServiceDeclaration } from '@gts/contracts';
import { sourcesOf } from '../consumer/kind';
import type { Subscription } from '../subscription';

const line = ({ stream, durable, filters, maxAckPending }: ConsumerSpec): string =>
  `${durable} on ${stream}: ${filters.join(', ')} (${maxAckPending})`;

/**
 * Compares what a service runs with what it declared, because the topology is made from the declaration.
 * @throws Error naming the lines that only one of them has
 */
export function assertDeclared(declaration: ServiceDeclaration, subscriptions: readonly Subscription[]): void {
  const { service } = declaration;
  const declared = new Set(declaration.subscriptions.flatMap(consumersOf).map(line));
  const running = new Set(subscriptions.flatMap((each) => sourcesOf(service, each)).map(line));
  const missing = [...declared].filter((each) => !running.has(each)).map((each) => `not running: ${each}`);
  const extra = [...running].filter((each) => !declared.has(each)).map((each) => `not declared: ${each}`);
  const all = [...missing, ...extra];
  if (all.length > 0) throw new Error(`${service} and its declared subscriptions differ\n${all.join('\n')}`);
}

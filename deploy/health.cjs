// The health check of a container: exit 0 where the process says that it is ready.
const port = process.env.OPS_PORT || '9464';
fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2000) }).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);

#!/bin/sh
# Puts together what a service runs on: /out with its modules, the libraries they link to, and its own build.
set -eu

service=$1
out=/out
cd /src

mkdir -p "$out/libs" "$out/services/$service"
rm -rf node_modules/.package-lock.json node_modules/.bin node_modules/.cache
find node_modules -type d \( -name test -o -name tests -o -name __tests__ \) -prune -exec rm -rf {} +
find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \
  -o -name '*.markdown' -o -name '*.tsbuildinfo' \) -delete
# Node would look for the map of every module that names one, and none of them is here: a quarter of the start.
find node_modules -type f \( -name '*.js' -o -name '*.cjs' -o -name '*.mjs' \) \
  -exec sed -i '/^\/\/# sourceMappingURL=/d' {} +
cp -a node_modules "$out/node_modules"

# npm links only the libraries that this service uses; the others stay away.
for link in node_modules/@gts/*; do
  from=$(readlink -f "$link")
  name=${from#/src/}
  case $name in libs/*) ;; *) rm -f "$out/$link"; continue ;; esac
  mkdir -p "$out/$name"
  cp "$name/package.json" "$out/$name/"
  cp -a "/built/$name/dist" "$out/$name/dist"
  if [ -d "$name/node_modules" ]; then cp -a "$name/node_modules" "$out/$name/node_modules"; fi
done

if [ "$service" = ops ]; then
  mkdir -p "$out/services/ops/dist" "$out/deploy"
  printf 'void import("../../../tools/cli/main.mjs");\n' >"$out/services/ops/dist/main.js"
  cp -a /built/tools "$out/tools"
  rm -rf "$out/tools/bench" "$out/tools/mongo-local" "$out/tools/ops" "$out/tools/node-22"
  cp -a /built/deploy/demo "$out/deploy/demo"
  rm -rf "$out/deploy/demo/make"
else
  cp "services/$service/package.json" "$out/services/$service/"
  cp -a "/built/services/$service/dist" "$out/services/$service/dist"
  if [ -d "services/$service/node_modules" ]; then
    cp -a "services/$service/node_modules" "$out/services/$service/node_modules"
  fi
fi
# The page is files of the gateway's.
if [ "$service" = gateway ]; then
  mkdir -p "$out/services/web"
  cp -a /built/services/web/dist "$out/services/web/dist"
fi
find "$out/libs" "$out/services" -type f \( -name '*.d.ts' -o -name '*.d.ts.map' -o -name '*.tsbuildinfo' \) -delete
find "$out/libs" -type d -name suite -path '*/dist/*' -prune -exec rm -rf {} +

# Complete? A wrong setting is the first thing that it says: everything that the entry imports is there.
cd "$out/services/$service"
status=0
said=$(node dist/main.js </dev/null 2>&1) || status=$?
case "$service:$status" in
ops:0 | *:78) ;;
*)
  echo "$service does not load (exit $status): $said" >&2
  exit 1
  ;;
esac

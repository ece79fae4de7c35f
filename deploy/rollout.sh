#!/bin/sh
# Applies a release in its order. Every step may be repeated; a wrong order ends in "not ready", never in loss.
set -eu

overlay=${1:?usage: deploy/rollout.sh <overlay>: prod, dev, or a folder of your own}
: "${KUBECTL:=kubectl}" "${JOBS_WITHIN_S:=300}"
case "$overlay" in
  */*) folder=$overlay ;;
  *) folder=$(dirname "$0")/../k8s/overlays/$overlay ;;
esac
all=$(mktemp)
trap 'rm -f "$all"' EXIT
"$KUBECTL" kustomize "$folder" >"$all"

if grep -q '@sha256:0\{64\}$' "$all"; then
  echo "$overlay names no images yet: npm run images:name" >&2
  exit 1
fi

step() {
  echo "$1" >&2
  shift
  "$KUBECTL" apply --filename "$all" "$@"
}
state_of() {
  "$KUBECTL" --namespace gts get "$1" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}'
}
# A job keeps its name when it has failed, and an apply does not start it again: the next one finds it gone.
clear_failed() {
  found=$("$KUBECTL" get --filename "$all" --selector "app.kubernetes.io/component=$1" --ignore-not-found --no-headers \
    --output 'custom-columns=NAME:.metadata.name,STATE:.status.conditions[?(@.status=="True")].type')
  failed=$(echo "$found" | awk '$2 ~ /Failed/ { print $1 }')
  for job in $failed; do
    echo "$job has failed before; it is made anew" >&2
    "$KUBECTL" --namespace gts delete job "$job" >&2
  done
}
# Waits for the jobs of this release, not for those of an older one: they may have failed, hence the newer one.
jobs() {
  clear_failed "$2"
  made=$(step "$1" --selector "app.kubernetes.io/component=$2" --output name)
  end=$(($(date +%s) + JOBS_WITHIN_S))
  for job in $made; do
    until state=$(state_of "$job") && [ "${state#*Complete}" != "$state" ]; do
      if [ "${state#*Failed}" != "$state" ] || [ "$(date +%s)" -ge "$end" ]; then
        "$KUBECTL" --namespace gts logs "$job" --tail=50 >&2 || true
        echo "$job is not complete; nothing that runs was changed" >&2
        exit 1
      fi
      sleep 1
    done
    echo "$job complete"
  done
}
service() {
  step "$1" --selector "app.kubernetes.io/name=$1"
  "$KUBECTL" --namespace gts rollout status "deployment/$1" --timeout=600s
}

# Namespaces, policies, settings and secrets before anything that runs.
step 'namespaces and policies' --selector '!app.kubernetes.io/name'
jobs topology topology
jobs migrations migration
# Consumers of new versions before their producers, the gateway last; a scaler comes with what it scales.
for name in rendering gear-catalog signal-chains shootouts identity gateway; do
  service "$name"
done

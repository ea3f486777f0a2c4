#!/usr/bin/env bash
# Generates the bindings again and compares them with the tree; with --update, replaces the tree.
set -euo pipefail

usage() {
    echo "usage: JEXTRACT=/path/to/jextract $0 [--update]" >&2
    exit 2
}

update=false
case "$#:${1-}" in
    0:) ;;
    1:--update) update=true ;;
    *) usage ;;
esac

if [ -z "${JEXTRACT-}" ]; then
    echo "$0: set JEXTRACT to the jextract to run (which commit, and how to build it: bindings/README.md)" >&2
    usage
fi
jextract=$(command -v "$JEXTRACT") || {
    echo "$0: JEXTRACT=$JEXTRACT is not a program" >&2
    exit 2
}
jextract=$(realpath "$jextract")

here=$(cd "$(dirname "$0")" && pwd)
package=org.daemonspec.bindings
folder=${package//.//}
tree=$here/src/main/java/$folder
aarch64=/usr/aarch64-linux-gnu/include

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# generate CLASS INCLUDES [FLAG]...: flags become a compile_flags.txt, which jextract reads where it runs.
# It runs beside libc.h, because the path that it is given goes into the comments that it writes.
generate() {
    local class=$1 includes=$2
    shift 2
    mkdir "$work/$class"
    cp "$here"/src/main/jextract/* "$work/$class/"
    cd "$work/$class"
    if [ "$#" -gt 0 ]; then
        printf '%s\n' "$@" >compile_flags.txt
    fi
    "$jextract" -t "$package" --header-class-name "$class" "@$includes" --output "$work/out" libc.h
}

generate Libc includes.txt

machine=$(uname -m)
if [ "$machine" = x86_64 ]; then
    generate LibcX86_64 includes-arch.txt
else
    echo "skipped LibcX86_64: this is $machine" >&2
    cp "$tree/LibcX86_64.java" "$work/out/$folder/"
fi

if [ -d "$aarch64" ]; then
    generate LibcAarch64 includes-arch.txt --target=aarch64-linux-gnu "-I$aarch64" -nostdinc
else
    echo "skipped LibcAarch64: no $aarch64 (Debian: libc6-dev-arm64-cross)" >&2
    cp "$tree/LibcAarch64.java" "$work/out/$folder/"
fi

cd "$here"
if $update; then
    rm -f "$tree"/*.java
    cp "$work/out/$folder"/*.java "$tree/"
    echo "updated: $tree"
elif diff -ru "$tree" "$work/out/$folder"; then
    echo "unchanged: $tree"
else
    echo "$0: the tree is not what jextract generates (--update replaces it)" >&2
    exit 1
fi

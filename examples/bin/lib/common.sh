# Sourced by the example scripts: finds a JDK, builds what is missing.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
oldest_jdk=22

# Prints the feature version of the JDK in directory $1; nothing if there is none.
jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Sets JAVA to the java of a JDK 22 or later.
find_jdk() {
    local on_path candidate version
    on_path=$(readlink -f "$(command -v java || true)" 2>/dev/null || true)
    for candidate in "${JAVA_HOME:-}" "${on_path%/bin/java}" /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* /usr/local/* \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
        version=$(jdk_version "$candidate" || true)
        if [ -n "$version" ] && [ "$version" -ge "$oldest_jdk" ]; then
            JAVA="$candidate/bin/java"
            jdk="$candidate"
            return
        fi
    done
    echo "daemonspec: no JDK $oldest_jdk or later in JAVA_HOME, on the PATH, in /usr/lib/jvm, /opt or your home;" \
        "install one, or set JAVA_HOME." >&2
    exit 1
}

# Whether the examples' jar is there and younger than every source.
is_built() {
    local jar
    jar=$(ls "$root"/examples/target/daemonspec-examples-*.jar 2>/dev/null | head -n 1)
    [ -n "$jar" ] && ls "$root"/examples/target/lib/daemonspec-*.jar >/dev/null 2>&1 && [ -z "$(find "$root/pom.xml" "$root"/{bindings,core,examples}/pom.xml \
        "$root"/{bindings,core,examples}/src/main -newer "$jar" -type f -print -quit)" ]
}

# Sets CLASSPATH_JARS. Builds with Maven if need be: one build at a time, and nothing on stdout.
ensure_built() {
    if ! is_built; then
        if ! command -v mvn >/dev/null; then
            echo "daemonspec: the examples are not built, and there is no mvn on the PATH; install Maven 3.8 or later." >&2
            exit 1
        fi
        mkdir -p "$root/examples/target"
        (
            flock 9
            is_built && exit
            echo "daemonspec: building the examples, once ..." >&2
            command -v java >/dev/null || export JAVA_HOME="$jdk"
            cd "$root" && mvn -q -B -ntp -Dquick -pl examples -am package 2>&1 |
                sed 's/\x1b\[[0-9;]*m//g; /^$/d' >&2 &&
                touch "$root"/examples/target/daemonspec-examples-*.jar # also if nothing in it has changed
        ) 9>"$root/examples/target/.build.lock" || {
            echo "daemonspec: the build failed; see above, or run mvn verify in $root." >&2
            exit 1
        }
    fi
    CLASSPATH_JARS="$(ls "$root"/examples/target/daemonspec-examples-*.jar | head -n 1):$root/examples/target/lib/*"
}

# Whether only root and this user could have written the file $1, or what leads to it: a cache is code.
is_safe() {
    local file parts=()
    [ -f "$1" ] && [ ! -L "$1" ] && file=$(readlink -f "$1") || return 1
    while [ -n "$file" ]; do
        parts+=("$file")
        file=${file%/*}
    done
    [ -z "$(find "${parts[@]}" / -maxdepth 0 \( ! -user 0 ! -user "$(id -u)" -o -perm /022 ! \( -type d -perm -1000 \) \) -print 2>&1)" ]
}

# Sets CACHE_OPTIONS: what makes JAVA use the AOT cache $1, if it is safe and younger than the jars, which JDK 25 does not look at,
# and say nothing if it does not fit.
cache_options() {
    local version
    CACHE_OPTIONS=()
    version=$(jdk_version "$jdk")
    if ! is_safe "$1" || [ -n "$(find "$root"/examples/target/*.jar "$root"/examples/target/lib -newer "$1" -print -quit)" ]; then
        return
    elif [ "$version" -ge 25 ]; then
        CACHE_OPTIONS=("-XX:AOTCache=$1" '-Xlog:aot*=off,cds*=off')
    elif [ "$version" -eq 24 ]; then
        CACHE_OPTIONS=("-XX:AOTCache=$1" '-Xlog:cds*=off')
    else
        CACHE_OPTIONS=("-XX:SharedArchiveFile=$1" '-Xlog:cds*=off')
    fi
}

# Sets LAUNCHER_OPTIONS, for JVMs that live for tenths of a second: nothing is compiled, and there is one thread for garbage. An example that is run with
# these names them as its launcherOptions, so that what it starts has them not.
LAUNCHER_OPTIONS=(-Xint -XX:+UseSerialGC)

# Options of launcher and daemon, none as a rule.
OWN_OPTIONS=()

# Sets OWN_OPTIONS: daemonspec's classes are loaded by the JVM itself, in the quickest way. Not if they come out of a cache.
own_options() {
    local jars=("$root"/examples/target/lib/daemonspec-*.jar)
    OWN_OPTIONS=("-Xbootclasspath/a:$(IFS=:; printf %s "${jars[*]}")")
}

# Runs an example's main class in this process: run_example CLASS ARGUMENTS...
run_example() {
    local main="org.daemonspec.examples.$1"
    shift
    find_jdk
    ensure_built
    exec "$JAVA" --enable-native-access=ALL-UNNAMED -cp "$CLASSPATH_JARS" "$main" "$@"
}

# The same for an example that takes --aot, with a cache in the user's cache directory unless another is named there, once it
# has been trained by this user or by root. One cache serves both JVMs of a start: run_cached_example NAME CLASS ARGUMENTS...
run_cached_example() {
    local cache main="org.daemonspec.examples.$2" previous="" argument named="" train=""
    cache="${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/daemonspec/$1-$(printf %s "$root" | cksum | cut -d ' ' -f 1).aot" # of this very tree
    shift 2
    find_jdk
    ensure_built
    for argument in "$@"; do
        [ "$previous" = --aot ] && cache="$argument" && named=1
        [ "$argument" = train ] && train=1
        previous="$argument"
    done
    cache_options "$cache"
    if [ ${#CACHE_OPTIONS[@]} -eq 0 ] && [ -z "$train" ]; then
        own_options
    fi
    if [ -z "$named" ] && [ -n "$train" ]; then
        mkdir -p "$(dirname "$cache")"
    fi
    if [ -z "$named" ] && { [ -n "$train" ] || is_safe "$cache"; }; then
        set -- --aot "$cache" "$@"
    fi
    exec "$JAVA" "${LAUNCHER_OPTIONS[@]}" ${OWN_OPTIONS[@]+"${OWN_OPTIONS[@]}"} ${CACHE_OPTIONS[@]+"${CACHE_OPTIONS[@]}"} --enable-native-access=ALL-UNNAMED -cp "$CLASSPATH_JARS" "$main" "$@"
}

#!/usr/bin/env bash
# shellcheck disable=SC2154 # root is set by whoever sources this
# Sourced by ./test. install_packages SCOPE… installs the Debian packages whose program is missing, or says how to.

# Prints the packages of the given scopes whose program this machine lacks.
missing_packages() {
    local scope program package
    while IFS=$'\t' read -r scope program package _; do
        [[ " $* " == *" $scope "* ]] || continue
        case $program in
            */*) compgen -G "$program" >/dev/null || echo "$package" ;;
            *) command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || echo "$package" ;;
        esac
    done < "$root/eng/packages.tsv"
}

install_packages() {
    local missing log
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
        echo "These Debian packages are missing; install them and run this again:" >&2
        echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]}"
    log=$(mktemp)
    # A Debian mirror may be slow or busy for a moment: three tries, then the log.
    for _ in 1 2 3; do
        if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
            rm -f "$log"
            return 0
        fi
        sleep 3
    done
    tail -n 20 "$log" >&2
    echo "The packages could not be installed; the whole log is $log" >&2
    return 1
}

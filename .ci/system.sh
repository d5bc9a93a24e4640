#!/bin/sh
# System libraries: « run » (the application and its PDF) or « test » (also PostgreSQL, Chromium, poppler).
# Installs what is missing where the user may, otherwise says in one line what to install.
set -eu
run="python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-noto-core"
test="chromium poppler-utils postgresql"
case "${1:-run}" in test) wanted="$run $test" ;; *) wanted="$run" ;; esac
command -v dpkg-query >/dev/null 2>&1 || {
    echo "Système sans paquets Debian : installez l'équivalent de : $wanted" >&2
    exit 0
}
missing=""
for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
# A Python that brings its own venv module needs no system package for it.
if python3 -c "import venv, ensurepip" 2>/dev/null; then missing=$(echo "$missing" | sed 's/ python3-venv//'); fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo -n"; else
    echo "Il manque :$missing — installez-les avec : sudo apt-get install$missing" >&2
    exit 1
fi
echo "Installation des bibliothèques système :$missing"
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq
$as apt-get install -y -qq --no-install-recommends $missing >/dev/null

#!/usr/bin/env bash
# LibreOffice, sorting names by strokes, orders those with equal counts by their sound: 马, 万, 于 instead of 于, 万, 马.
#
# Sort > Options offers "stroke" for Chinese. The counts are right, the mainland's (陈 has 7), and a list looks sorted: 丁 is
# in front, 魏 at the end. But among surnames with equal counts, which is most of them, the order is that of pinyin. The
# official order (以姓氏笔画为序) goes by the first stroke that differs, 横 before 竖 before 撇 before 点 before 折: 于 (横横竖) before
# 万 (横折撇) before 马 (折折横); 王, 韦, 毛, 方, 尹, 孔, 邓 and not 邓, 方, 孔, 毛, 王, 韦, 尹. ICU's order, which has other counts,
# knows the rule for ties. The four orders that are offered differ from one another, so it does not look like a fallback.
#
# Seen with LibreOffice 7.4.7.2 (Debian 4:7.4.7-1+deb12u14), python3-uno, run on 2026-11-28.
# Who is hurt: the office that sorts candidates for a ballot or delegates for a roster "by strokes" in the program itself:
# 马 stands before 于, and an objection to the ballot's order is right.
#
# Needs Debian 12 with its package lists, and python3. Installs into a temporary folder alone.
set -euo pipefail

t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
mkdir -p "$t/debs/partial" "$t/root"
apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status=/dev/null -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
  -o Dir::Cache::archives="$t/debs" install --download-only -y libreoffice-writer-nogui=4:7.4.7-1+deb12u14 \
  python3-uno=4:7.4.7-1+deb12u14 >/dev/null
for deb in "$t"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$t/root"; done
# What the packages do when they are installed: link the registry; and say where program and registry are.
office=$t/root/usr/lib/libreoffice
ln -sfn .registry "$office/share/registry"
sed -i -e "s|file:///usr/lib/libreoffice|file://$office|" \
  -e "s|file:///etc/libreoffice/registry|file://$office/share/registry|g" "$office/program/fundamentalrc"

cat >"$t/sort.py" <<'PY'
import functools, os, subprocess, sys, time
import uno
from com.sun.star.lang import Locale

office, profile = sys.argv[1:]
address = "socket,host=127.0.0.1,port=2099;urp"
own = {name: value for name, value in os.environ.items() if name not in ("URE_BOOTSTRAP", "PYTHONPATH")}

def start():
    return subprocess.Popen([f"{office}/program/soffice.bin", f"-env:UserInstallation=file://{profile}", "--headless",
                             "--norestore", f"--accept={address};"], env=own, stderr=subprocess.DEVNULL)

program = start()
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(120):
    if program.poll() is not None:  # the first start makes the profile and asks for another one
        program = start()
    try:
        context = resolver.resolve(f"uno:{address};StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.5)
services = context.ServiceManager

def ordered(names, by):
    collator = services.createInstanceWithContext("com.sun.star.i18n.Collator", context)
    collator.loadCollatorAlgorithm(by, Locale("zh", "CN", ""), 0)
    return "".join(sorted(names, key=functools.cmp_to_key(collator.compareString)))

names = "魏尹韦王毛孔方邓于万马丁"
shown = {by: ordered(names, by) for by in ("stroke", "pinyin", "radical", "charset")}
for by, sorted_names in shown.items():
    print(by, sorted_names)
try:
    services.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
except Exception:
    pass
program.wait(30)
assert shown["stroke"] == "丁马万于邓方孔毛王韦尹魏", shown["stroke"]
assert shown["pinyin"] == "邓丁方孔马毛万王韦魏尹于", shown["pinyin"]
assert len(set(shown.values())) == 4
print("official: 丁于万马王韦毛方尹孔邓魏")
print("as on 2026-11-28: equal strokes are ordered by sound")
PY
env -i PATH="$PATH" HOME="$t" LC_ALL=C.UTF-8 PYTHONPATH="$t/root/usr/lib/python3/dist-packages:$office/program" \
  URE_BOOTSTRAP="vnd.sun.star.pathname:$office/program/fundamentalrc" \
  LD_LIBRARY_PATH="$office/program:$t/root/usr/lib/x86_64-linux-gnu:$t/root/lib/x86_64-linux-gnu" \
  /usr/bin/python3 "$t/sort.py" "$office" "$t/profile"

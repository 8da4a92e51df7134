# SPDX-License-Identifier: MIT
# attack: keys, tokens, passwords, proxies and histories left in the image
# protection: the image is made of packages alone and has none
# expect: {"output": "HELD: no secret"}
# default: held
import os, re

breaches = []
SECRET = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|:\$[0-9a-z]+\$[^:]+:|"
                    rb"(?i:https?://[^/\s:@]+:[^/\s@]+@)")
for folder, folders, names in os.walk("/etc"):
    for name in names:
        path = os.path.join(folder, name)
        try:
            with open(path, "rb") as file:
                if SECRET.search(file.read(1 << 20)):
                    breaches.append(path)
        except OSError:
            pass
for path in ("/root/.netrc", "/root/.pypirc", "/etc/apt/auth.conf",
             "/etc/ssh/ssh_host_rsa_key", "/root/.gnupg", "/etc/ssl/private",
             "/run/secrets", "/var/run/secrets/kubernetes.io"):
    if os.path.exists(path):
        breaches.append(path)
print("BREACH: " + ", ".join(breaches) if breaches else "HELD: no secret")
